import {
  type ConnectionInfo,
  type Duplex,
  errorText,
  jsonrpc2,
  type Listener,
  type ListenerAddress,
  RpcError,
  type Transport,
} from '@bjsonrpc/protocol';
import { assertAmount, assertKnown, assertTransport } from './basics/known-options.js';
import { Memory } from './basics/memory.js';
import { Reporter } from './basics/reporter.js';
import type { NotifyProxy } from './contract/remote-types.js';
import { type PeerOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { Peer } from './peer.js';
import { broadcast } from './proxies/broadcast.js';
import { assertOwner, isHandler, type MethodOwner } from './publishing/publish.js';

/**
 * What a new connection is served by: called once for each, so that handlers can have a state of their own. It
 * may look at the connection first, take its time (what the client sends meanwhile waits), or throw to refuse it.
 */
export type HandlerFactory = (
  info: ConnectionInfo,
) => MethodOwner | undefined | Promise<MethodOwner | undefined>;

/** How a server, or a peer, is closed. */
type CloseOptions = { readonly graceMs?: number };

/**
 * What listens, and the connections that it has accepted.
 *
 * @typeParam Remote what its clients publish; a `Server` alone is one of whatever type
 */
// biome-ignore lint/suspicious/noExplicitAny: with `unknown` it would be none of a server whose clients are known
export class Server<Remote = any> implements AsyncDisposable {
  readonly #connections = new Set<Peer<Remote>>();
  /** Tells all clients: see {@link broadcast}. */
  readonly notify: NotifyProxy<Remote> = broadcast(this.#connections);
  /** Connections whose factory has not answered yet. */
  readonly #opening = new Map<Duplex, ConnectionInfo>();
  readonly #factory: HandlerFactory;
  readonly #options: PeerOptions;
  readonly #resolved: ResolvedOptions;
  readonly #reporter: Reporter;
  readonly #memory: Memory;
  #listener!: Listener;
  #closing: Promise<void> | undefined;
  #keepsAlive = true;

  private constructor(factory: HandlerFactory, options: PeerOptions) {
    this.#factory = factory;
    this.#options = Object.freeze({ ...options });
    this.#resolved = resolveOptions(this.#options);
    this.#reporter = new Reporter(this.#resolved.onError);
    this.#memory = new Memory('maxTotalBytes', this.#resolved.limits.maxTotalBytes);
  }

  /** For {@link createServer}. */
  static async listen<Remote>(
    transport: Transport,
    factory: HandlerFactory,
    options: PeerOptions,
  ): Promise<Server<Remote>> {
    assertTransport(transport, 'listen');
    assertFactory(factory);
    const server = new Server<Remote>(factory, options);
    server.#listener = await transport.listen((duplex, info) => void server.#accept(duplex, info), {
      maxMessageBytes: server.#resolved.limits.maxMessageBytes,
      onRefused: (error, connection) => server.#reporter.report(error, { connection }),
    });
    return server;
  }

  /** Where it can be dialled: for TCP the host and the port really used. */
  get address(): ListenerAddress {
    return this.#listener.address;
  }

  /** The connections that are open now. */
  get connections(): ReadonlySet<Peer<Remote>> {
    return this.#connections;
  }

  /** Accept no more, let running calls finish within `graceMs` (5000), then close every connection. Idempotent. */
  async close(options: CloseOptions = {}): Promise<void> {
    assertKnown('close()', options, ['graceMs']);
    assertAmount('graceMs', options.graceMs);
    this.#closing ??= this.#close(options);
    await this.#closing;
  }

  /** Whether the listener, and the connections, keep the program alive: they do, until {@link unref}. */
  ref(): void {
    this.#keepAlive(true);
  }
  unref(): void {
    this.#keepAlive(false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(options: CloseOptions): Promise<void> {
    const stopped = this.#listener.close();
    for (const [duplex, info] of this.#opening) this.#turnAway(duplex, info);
    await Promise.all([...[...this.#connections].map((peer) => peer.close(options)), stopped]);
  }

  #keepAlive(on: boolean): void {
    this.#keepsAlive = on;
    for (const open of [this.#listener, ...this.#connections]) {
      if (on) open.ref?.();
      else open.unref?.();
    }
  }

  async #accept(duplex: Duplex, info: ConnectionInfo): Promise<void> {
    this.#opening.set(duplex, info);
    try {
      const made = this.#factory(info);
      const handler = isHandler(made) ? made : await made; // it may have a method called `then`
      assertOwner(handler);
      if (this.#closing) this.#turnAway(duplex, info);
      else if (this.#opening.delete(duplex)) this.#serve(duplex, info, handler);
    } catch (error) {
      this.#reporter.report(error, { connection: info });
      if (!this.#opening.delete(duplex)) return;
      const why = this.#resolved.maskErrors ? '' : `: ${errorText(error)}`; // it is told to the other side
      this.#serve(
        duplex,
        info,
        undefined,
        new RpcError(`The connection was refused${why}`, { cause: error }),
      );
    }
  }

  #serve(
    duplex: Duplex,
    info: ConnectionInfo,
    handler: MethodOwner | undefined,
    refusal?: Error,
  ): Peer<Remote> {
    const peer = new Peer<Remote>({
      duplex,
      options: this.#options,
      info,
      dialled: false,
      handler,
      serverMemory: this.#memory,
      strangers: this.#resolved.dialect.version === 1 ? jsonrpc2 : undefined,
      refusal,
    });
    if (!refusal) this.#connections.add(peer);
    if (!this.#keepsAlive) peer.unref();
    void peer.closed.then(({ error }) => {
      this.#connections.delete(peer);
      if (error && !refusal) this.#reporter.report(error, { connection: info }); // that was reported
    });
    return peer;
  }

  /** Its factory has not answered in time. What it asks for is refused, not lost. */
  #turnAway(duplex: Duplex, info: ConnectionInfo): void {
    if (this.#opening.delete(duplex)) void this.#serve(duplex, info, undefined).close();
  }
}

/**
 * Listen, and serve each connection by what the factory makes for it.
 *
 *     const server = await createServer(tcp(), () => new Api());
 *
 * @typeParam Remote what the clients publish
 * @throws what keeps the transport from listening; TypeError for an unknown option
 */
export function createServer<Owner extends MethodOwner | undefined, Remote extends RemoteOf<Owner>>(
  transport: Transport,
  factory: (info: ConnectionInfo) => Owner | Promise<Owner>,
  options?: PeerOptions,
): Promise<Server<Remote>>;
export function createServer<Remote = unknown>(
  transport: Transport,
  factory: HandlerFactory,
  options?: PeerOptions,
): Promise<Server<Remote>>;
export async function createServer<Remote>(
  transport: Transport,
  factory: HandlerFactory,
  options: PeerOptions = {},
): Promise<Server<Remote>> {
  return await Server.listen<Remote>(transport, factory, options);
}

/** Told at once, and not to whoever connects. @throws TypeError for a handler, or its class, instead of what makes one */
function assertFactory(factory: unknown): void {
  if (typeof factory === 'function' && !isHandler(factory.prototype)) return;
  throw new TypeError(
    'createServer() takes a function that makes a handler for each connection: createServer(transport, () => new Api())',
  );
}

/** What the clients of a `Handler<Remote>` publish, as far as it says. Where some connections get no handler, what the others' says. */
type RemoteOf<Owner> = [Owner] extends [undefined] ? unknown : Told<Exclude<Owner, undefined>>;
type Told<Owner> = Owner extends { readonly peer: Peer<infer Remote> } ? Remote : unknown;
