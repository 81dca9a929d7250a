import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import type { NatsConnection } from '@bjsonrpc/transport-nats';
import { connect } from '@nats-io/transport-node';

/** The way to a server of NATS, which can be torn off, and kept off. */
export class TornLink implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isOff = false;

  private constructor(port: number) {
    this.#server = createServer((client) => {
      this.#keep(client);
      if (this.#isOff) return client.resetAndDestroy();
      const server = connectTcp({ port, host: '127.0.0.1' });
      this.#keep(server);
      client.on('close', () => server.destroy()).pipe(server);
      server.on('close', () => client.destroy()).pipe(client);
    });
  }

  static async open(port: number): Promise<TornLink> {
    const link = new TornLink(port);
    await new Promise<void>((resolve) => link.#server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  get url(): string {
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** What is on the way is lost. */
  tear(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** From now on nobody gets through, or everybody does. */
  off(on: boolean): void {
    this.#isOff = on;
    if (on) this.tear();
  }

  /** A connection of NATS over it, which comes back at once. */
  async connect(): Promise<NatsConnection> {
    const options = {
      servers: this.url,
      reconnectTimeWait: 1,
      reconnectJitter: 0,
      maxReconnectAttempts: -1,
      ignoreClusterUpdates: true,
      // A link that is torn off while the client logs in is noticed by it no sooner.
      timeout: 200,
    };
    for (let tries = 1; ; tries++) {
      try {
        return await connect(options);
      } catch (error) {
        if (tries === 10) throw error; // on a busy machine the first time takes longer
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.tear();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
  }
}
