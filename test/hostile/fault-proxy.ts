import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a network may do to one direction of a connection. */
export interface Faults {
  /** No piece is longer: every boundary between packets is met. */
  readonly pieceBytes?: number;
  /** Every piece comes so much later. */
  readonly delayMs?: number;
  /** After so many bytes the connection is gone ... */
  readonly cutAfterBytes?: number;
  /** ... in this way: both sides see an end, or a reset; or nothing, and no byte passes any more. By default a reset. */
  readonly cut?: 'end' | 'reset' | 'silence';
}

/** The faults of both directions, as seen from the client. */
export interface BothWays {
  readonly up?: Faults;
  readonly down?: Faults;
}

export interface ProxyOptions extends BothWays {
  readonly port: number;
  /** The faults of each connection, the first being 0, in place of those for all. */
  readonly faultsOf?: (connection: number) => BothWays;
}

/** A TCP proxy on loopback between a client and a server, which does to their bytes what it is told. */
export class FaultProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Bytes that came from clients, and from the server. */
  bytesUp = 0;
  bytesDown = 0;

  /** Connections that have come. */
  connections = 0;

  private constructor({ port, faultsOf, ...forAll }: ProxyOptions) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const { up = {}, down = {} } = faultsOf?.(this.connections) ?? forAll;
      this.connections++;
      const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      for (const socket of [client, server]) this.#keep(socket);
      const count = { up: 0, down: 0 };
      void this.#pass(client, server, up, (bytes) => {
        this.bytesUp += bytes;
        return (count.up += bytes);
      });
      void this.#pass(server, client, down, (bytes) => {
        this.bytesDown += bytes;
        return (count.down += bytes);
      });
    });
  }

  /** Listens on a free port. */
  static async open(options: ProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
  }

  /** `counted` gives the bytes that have come in all. */
  async #pass(from: Socket, to: Socket, faults: Faults, counted: (bytes: number) => number): Promise<void> {
    const { pieceBytes = Number.POSITIVE_INFINITY, delayMs = 0, cutAfterBytes, cut = 'reset' } = faults;
    from.on('close', () => to.destroy());
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
        const over = counted(chunk.length) - (cutAfterBytes ?? Number.POSITIVE_INFINITY);
        const passed = over > 0 ? chunk.subarray(0, chunk.length - over) : chunk;
        for (let at = 0; at < passed.length; at += pieceBytes) {
          if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
          await written(to, passed.subarray(at, at + pieceBytes));
        }
        if (over >= 0) return this.#cut(from, to, cut);
      }
      to.end();
    } catch {
      to.destroy(); // the other direction has ended it
    }
  }

  #cut(from: Socket, to: Socket, cut: NonNullable<Faults['cut']>): void {
    if (cut === 'silence') return from.pause() && undefined;
    for (const socket of [from, to]) {
      if (cut === 'end') socket.end();
      else socket.resetAndDestroy();
    }
  }
}

function written(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) =>
    socket.write(bytes, (error) => (error ? reject(error) : resolve())),
  );
}
