import type { ConnectionInfo, Duplex, Listener, ListenerAddress, Transport } from '@bjsonrpc/protocol';
import type { PeerOptions } from './options.js';
import { Peer } from './peer.js';
import { isHandler, type MethodOwner } from './publishing/publish.js';

/**
 * What a new connection is served by: called once for each, so that handlers can have a state of their own. It
 * may look at the connection first, take its time (what the client sends meanwhile waits), or throw to refuse it.
 */
export type HandlerFactory = (
  info: ConnectionInfo,
) => MethodOwner | undefined | Promise<MethodOwner | undefined>;

/** What listens, and the connections that it has accepted. */
export class Server<Remote = unknown> implements AsyncDisposable {
  readonly #connections = new Set<Peer<Remote>>();
  readonly #factory: HandlerFactory;
  readonly #options: PeerOptions;
  #listener!: Listener;
  #isClosing = false;

  private constructor(factory: HandlerFactory, options: PeerOptions) {
    this.#factory = factory;
    this.#options = options;
  }

  /** For {@link createServer}. */
  static async listen<Remote>(
    transport: Transport,
    factory: HandlerFactory,
    options: PeerOptions,
  ): Promise<Server<Remote>> {
    const server = new Server<Remote>(factory, options);
    server.#listener = await transport.listen((duplex, info) => void server.#accept(duplex, info));
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
  async close(options?: { readonly graceMs?: number }): Promise<void> {
    this.#isClosing = true;
    const stopped = this.#listener.close();
    await Promise.all([...this.#connections].map((peer) => peer.close(options)));
    await stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #accept(duplex: Duplex, info: ConnectionInfo): Promise<void> {
    try {
      const made = this.#factory(info);
      const handler = isHandler(made) ? made : await made; // it may have a method called `then`
      if (this.#isClosing) throw new Error('The server is closing');
      const peer = new Peer<Remote>({ duplex, options: this.#options, info, dialled: false, handler });
      this.#connections.add(peer);
      await peer.closed;
      this.#connections.delete(peer);
    } catch (error) {
      this.#options.onError?.(error, {});
      duplex.close(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/**
 * Listen, and serve each connection by what the factory makes for it.
 *
 *     const server = await createServer(tcp(), () => new Api());
 *
 * @typeParam Remote what the clients publish
 * @throws what keeps the transport from listening
 */
export function createServer<Remote = unknown>(
  transport: Transport,
  factory: HandlerFactory,
  options: PeerOptions = {},
): Promise<Server<Remote>> {
  return Server.listen<Remote>(transport, factory, options);
}
