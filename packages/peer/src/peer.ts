import type { ConnectionInfo, Dialect, Duplex } from '@bjsonrpc/protocol';
import type { CallOptions } from './basics/call-options.js';
import { assertAmount, assertKnown } from './basics/known-options.js';
import { looksLike } from './basics/looks.js';
import type { Memory } from './basics/memory.js';
import { identify, originalOf } from './basics/originals.js';
import { openConnection } from './connection.js';
import type { CloseReason, Description, Peer as PeerContract, PeerStats } from './contract/peer.js';
import type { Callable } from './contract/remote-types.js';
import { type PeerOptions, resolveOptions } from './options.js';
import { Proxies, withOptions } from './proxies/proxies.js';
import type { Caller } from './proxies/route.js';
import type { MethodOwner } from './publishing/publish.js';
import { referenceOf } from './references/reference.js';

/** What a peer is made of. */
export interface PeerParts {
  readonly duplex: Duplex;
  readonly options: PeerOptions;
  readonly info: ConnectionInfo;
  /** Whether this side opened the connection: then it greets. */
  readonly dialled: boolean;
  /** What the other side may call; undefined: nothing. */
  readonly handler: MethodOwner | undefined;
  /** For servers: what all of its connections may keep together. */
  readonly serverMemory?: Memory;
  /** For servers that speak the original: in what others are answered who speak JSON-RPC 2.0 to it (section 13). */
  readonly strangers?: Dialect | undefined;
  /** For servers: why the connection is not served; the other side is told, and it ends. */
  readonly refusal?: Error | undefined;
}

/** How long a graceful close waits for running calls. */
const GRACE_MS = 5000;

/** What a peer is the front of. */
interface Line {
  readonly outgoing: Caller & { batch<Result>(calls: () => Result): Result };
  readonly stats: PeerStats;
  readonly dialect: { readonly ping?: string };
  readonly flow: { drained(): Promise<void> };
  readonly info: ConnectionInfo;
  readonly life: {
    readonly closed: Promise<CloseReason>;
    /** Greet, if this side is to, and begin to read. */
    start(): void;
    ask(method: string, args: readonly unknown[], options?: CallOptions): Promise<unknown>;
    drain(graceMs: number): Promise<void>;
    abort(error: Error): void;
    cut(error: Error): void;
    keepAlive(on: boolean): void;
  };
}

/** Under the name by which programs see it when they look at one. */
const PeerEnd = class Peer<Remote> implements PeerContract<Remote> {
  readonly #line: Line;
  readonly #proxies: Proxies<Remote>;
  readonly closed: Promise<CloseReason>;

  constructor({ options, ...parts }: PeerParts) {
    identify(this, 'peer');
    this.#line = openConnection({ ...parts, peer: this as PeerContract, options: resolveOptions(options) });
    this.#proxies = new Proxies<Remote>(this.#line.outgoing);
    this.closed = this.#line.life.closed;
    this.#line.life.start();
  }

  get call(): Callable<Remote>['call'] {
    return Peer.#self(this).#proxies.call;
  }
  get method(): Callable<Remote>['method'] {
    return Peer.#self(this).#proxies.method;
  }
  get notify(): Callable<Remote>['notify'] {
    return Peer.#self(this).#proxies.notify;
  }
  get pipe(): Callable<Remote>['pipe'] {
    return Peer.#self(this).#proxies.pipe;
  }

  get info(): ConnectionInfo {
    return Peer.#self(this).#line.info;
  }
  get stats(): PeerStats {
    return Peer.#self(this).#line.stats;
  }

  with(options: CallOptions): Callable<Remote> {
    return withOptions<Remote>(Peer.#self(this).#line.outgoing, options);
  }

  batch<Result>(calls: () => Result): Result {
    return Peer.#self(this).#line.outgoing.batch(calls);
  }

  drain(): Promise<void> {
    return Peer.#self(this).#line.flow.drained();
  }

  async ping(options?: CallOptions): Promise<void> {
    const line = Peer.#self(this).#line;
    await line.life.ask(line.dialect.ping ?? '$/ping', [], options && line.outgoing.checked(options));
  }

  async describe(object?: object): Promise<Description> {
    const name = referenceOf(object)?.name;
    return (await Peer.#self(this).#line.life.ask(
      '$/describe',
      name === undefined ? [] : [name],
    )) as Description;
  }

  async close(options: { readonly graceMs?: number } = {}): Promise<void> {
    assertKnown('close()', options, ['graceMs']);
    assertAmount('graceMs', options.graceMs);
    const self = Peer.#self(this);
    await self.#line.life.drain(options.graceMs ?? GRACE_MS);
    await self.closed;
  }

  abort(error: Error = new Error('The connection was aborted')): void {
    Peer.#self(this).#line.life.abort(error);
  }

  ref(): void {
    Peer.#self(this).#line.life.keepAlive(true);
  }
  unref(): void {
    Peer.#self(this).#line.life.keepAlive(false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The peer itself, where a Proxy of the program stands before it. */
  static #self<Remote>(peer: Peer<Remote>): Peer<Remote> {
    return #line in peer ? peer : originalOf(peer);
  }
};

looksLike(PeerEnd.prototype, 'Peer', (peer) => {
  const { transport, remoteAddress = '' } = peer.info;
  return `Peer (${[transport, remoteAddress].filter(Boolean).join(' ')})`;
});

/** One end of a connection: see the interface. */
export type Peer<Remote = unknown> = PeerContract<Remote>;

/** Peers are made by `connect` and `createServer`; over a Duplex of your own, make one yourself. */
export const Peer: { new <Remote = unknown>(parts: PeerParts): Peer<Remote>; readonly prototype: Peer } =
  PeerEnd;
