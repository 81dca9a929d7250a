import { type ConnectionInfo, type Duplex, errorText, RpcError } from '@bjsonrpc/protocol';
import type { CallOptions } from './basics/call-options.js';
import { openConnection } from './connection.js';
import type { Description, Peer as PeerContract, PeerStats } from './contract/peer.js';
import type { Callable } from './contract/remote-types.js';
import { type PeerOptions, resolveOptions } from './options.js';
import { Proxies } from './proxies/proxies.js';
import type { Caller } from './proxies/route.js';
import { acquire, open, relinquish } from './publishing/lifetimes.js';
import type { MethodOwner } from './publishing/publish.js';
import { referenceOf } from './references/reference.js';
import { keepAlive } from './wire/keep-alive.js';

/** What a peer is made of. */
export interface PeerParts {
  readonly duplex: Duplex;
  readonly options: PeerOptions;
  readonly info: ConnectionInfo;
  /** Whether this side opened the connection: then it greets. */
  readonly dialled: boolean;
  /** What the other side may call; undefined: nothing. */
  readonly handler: MethodOwner | undefined;
}

/** How long a graceful close waits for running calls. */
const GRACE_MS = 5000;

/** What a peer is the front of. */
interface Line {
  readonly caller: Caller;
  readonly stats: PeerStats;
  /** Greet, if this side is to, and begin to read. */
  start(): void;
  ask(method: string, args: readonly unknown[], options?: CallOptions): Promise<unknown>;
  canPing(): boolean;
  drained(): Promise<void>;
  drain(graceMs: number): Promise<void>;
  guard(run: () => unknown): void;
}

class PeerEnd<Remote> implements PeerContract<Remote> {
  readonly #parts: PeerParts;
  readonly #line: Line;
  readonly #proxies: Proxies<Remote>;
  readonly closed: Promise<void>;

  constructor(parts: PeerParts) {
    this.#parts = parts;
    const { duplex, handler } = parts;
    const options = resolveOptions(parts.options);
    let onClosed = (): void => {};
    this.closed = new Promise((resolve) => {
      onClosed = () => {
        stop();
        if (handler) line.guard(() => relinquish(handler, this as Peer));
        resolve();
      };
    });
    const line: Line = openConnection({ ...parts, peer: this as Peer, options, onClosed });
    const { clock, pingInterval } = options;
    this.#line = line;
    this.#proxies = new Proxies<Remote>(line.caller);
    if (handler) acquire(handler, this as Peer);
    line.start();
    const stop = keepAlive({
      duplex,
      clock,
      intervalMs: pingInterval,
      canPing: () => line.canPing(),
      ping: () => this.ping(),
    });
    if (handler) {
      open(handler).catch((error: unknown) => {
        line.guard(() => Promise.reject(error));
        duplex.close(new RpcError(`onOpen failed: ${errorText(error)}`, { cause: error }));
      });
    }
  }

  get call(): Callable<Remote>['call'] {
    return this.#proxies.call;
  }
  get method(): Callable<Remote>['method'] {
    return this.#proxies.method;
  }
  get notify(): Callable<Remote>['notify'] {
    return this.#proxies.notify;
  }
  get pipe(): Callable<Remote>['pipe'] {
    return this.#proxies.pipe;
  }

  get info(): ConnectionInfo {
    return this.#parts.info;
  }
  get stats(): PeerStats {
    return this.#line.stats;
  }

  with({ timeout, deadline, signal, traceparent, tracestate }: CallOptions): Callable<Remote> {
    // Copied: a call's context is one, and reads its members anew each time.
    const options = { timeout, deadline, signal, traceparent, tracestate };
    return new Proxies<Remote>(this.#line.caller, undefined, options);
  }

  drain(): Promise<void> {
    return this.#line.drained();
  }

  async ping(options?: CallOptions): Promise<void> {
    await this.#line.ask('$/ping', [], options);
  }

  async describe(object?: object): Promise<Description> {
    const name = referenceOf(object)?.name;
    return (await this.#line.ask('$/describe', name === undefined ? [] : [name])) as Description;
  }

  async close({ graceMs = GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    await this.#line.drain(graceMs);
    await this.closed;
  }

  abort(error: Error = new Error('The connection was aborted')): void {
    this.#parts.duplex.close(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** One end of a connection: see the interface. */
export type Peer<Remote = unknown> = PeerContract<Remote>;

/** Peers are made by `connect` and `createServer`; over a Duplex of your own, make one yourself. */
export const Peer: { new <Remote = unknown>(parts: PeerParts): Peer<Remote>; readonly prototype: Peer } =
  PeerEnd;
