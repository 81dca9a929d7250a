import { type ConnectionInfo, type Duplex, errorText, RpcError } from '@bjsonrpc/protocol';
import type { CallOptions } from './call-options.js';
import { Connection } from './connection.js';
import type { Description } from './describe.js';
import { referenceOf } from './imports.js';
import { KeepAlive } from './keep-alive.js';
import { acquire, open, relinquish } from './lifetimes.js';
import { type PeerOptions, resolveOptions } from './options.js';
import { type CallProxy, type MethodProxy, type NotifyProxy, type PipeProxy, Proxies } from './proxies.js';
import type { MethodOwner } from './publish.js';
import { Route } from './route.js';

/** Counters of one connection. */
export interface PeerStats {
  /** Calls of this side without an answer. */
  readonly pending: number;
  /** Calls of the other side that run or wait here. */
  readonly running: number;
  /** Objects, functions and streams of this side that the other holds. */
  readonly exported: number;
  /** The same of the other side that this one holds. */
  readonly imported: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Answers that nobody was waiting for (any more). */
  readonly stray: number;
  /** Messages that were none. */
  readonly invalid: number;
}

/** How long a graceful close waits for running calls. */
const GRACE_MS = 5000;

/**
 * One end of a connection. Both ends are equal: each calls what the other publishes.
 *
 * @typeParam Remote what the other side publishes
 */
export class Peer<Remote = unknown> implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #proxies: Proxies<Remote>;
  readonly #keepAlive: KeepAlive;
  /** Resolves when the connection has ended, for whatever reason. */
  readonly closed: Promise<void>;
  #onClosed!: () => void;

  /** Peers are made by `connect` and `createServer`; over a Duplex of your own, make one yourself. */
  constructor(about: PeerParts) {
    const { handler } = about;
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
    this.#connection = new Connection(this as Peer<unknown>, {
      ...about,
      options: resolveOptions(about.options),
      onClosed: () => this.#close(handler),
    });
    this.#proxies = new Proxies<Remote>(this.#connection, undefined);
    this.#keepAlive = new KeepAlive(this.#connection, () => this.ping());
    if (handler) acquire(handler, this as Peer<unknown>);
    this.#connection.start();
    this.#keepAlive.start();
    if (handler) {
      open(handler).catch((error: unknown) => {
        this.#connection.guard(() => Promise.reject(error));
        this.#connection.duplex.close(new RpcError(`onOpen failed: ${errorText(error)}`, { cause: error }));
      });
    }
  }

  get call(): CallProxy<Remote> {
    return this.#proxies.call;
  }
  get method(): MethodProxy<Remote> {
    return this.#proxies.method;
  }
  get notify(): NotifyProxy<Remote> {
    return this.#proxies.notify;
  }
  get pipe(): PipeProxy<Remote> {
    return this.#proxies.pipe;
  }

  /** The same four, with a timeout, a deadline, an abort signal, or everything of a running call's context. */
  with(options: CallOptions): Proxies<Remote> {
    const { timeout, deadline, signal, traceparent, tracestate } = options;
    return new Proxies<Remote>(this.#connection, undefined, {
      timeout,
      deadline,
      signal,
      traceparent,
      tracestate,
    });
  }

  /** What the transport knows of the connection. */
  get info(): ConnectionInfo {
    return this.#connection.info;
  }

  get stats(): PeerStats {
    const { outbound, inbound, exports, imports, duplex, stats } = this.#connection;
    return {
      pending: outbound.size,
      running: inbound.size,
      exported: exports.size,
      imported: imports.size,
      bytesIn: duplex.bytesIn,
      bytesOut: duplex.bytesOut,
      ...stats,
    };
  }

  /** Resolves when the write buffer has room: what a program that sends without end awaits now and then. */
  drain(): Promise<void> {
    return this.#connection.flow.drained();
  }

  /** Resolves when the other side has answered. @throws as a call does; an old peer answers that it knows no such method */
  async ping(options?: CallOptions): Promise<void> {
    await this.#connection.outbound.call(new Route(this.#connection, undefined, '$/ping'), [], options);
  }

  /** What the other side publishes, or what an object of its publishes. @throws as a call does */
  describe(object?: object): Promise<Description> {
    const name = referenceOf(object)?.name;
    const route = new Route(this.#connection, undefined, '$/describe');
    return this.#connection.outbound.call(
      route,
      name === undefined ? [] : [name],
      undefined,
    ) as Promise<Description>;
  }

  /**
   * Close gracefully: new calls of the other side are refused, running ones may finish within `graceMs` (5000),
   * everything queued is written, and what this side still waits for fails. Idempotent.
   */
  async close({ graceMs = GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    await this.#connection.drain(graceMs);
    await this.closed;
  }

  /** Close at once: what is queued is dropped. */
  abort(error: Error = new Error('The connection was aborted')): void {
    this.#connection.duplex.close(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #close(handler: MethodOwner | undefined): void {
    this.#keepAlive.stop();
    if (handler) this.#connection.guard(() => relinquish(handler));
    this.#onClosed();
  }
}

/** What a peer is made of. */
export interface PeerParts {
  readonly duplex: Duplex;
  readonly options: PeerOptions;
  readonly info: ConnectionInfo;
  readonly dialled: boolean;
  readonly handler: MethodOwner | undefined;
}
