import { TimeoutError } from '@bjsonrpc/protocol';
import type { Connection } from './connection.js';

/**
 * Pings a greeted peer that has been silent for an interval, and closes the connection when it stays so (section 11).
 * One that still has much to read cannot have answered: whether it reads is the transport's to watch.
 */
export class KeepAlive {
  readonly #connection: Connection;
  readonly #ping: () => Promise<void>;
  #timer: unknown;
  #seen = -1;
  #isWaiting = false;

  constructor(connection: Connection, ping: () => Promise<void>) {
    this.#connection = connection;
    this.#ping = ping;
  }

  start(): void {
    const { clock, pingInterval } = this.#connection.options;
    if (pingInterval > 0) this.#timer = clock.setTimeout(() => this.#tick(), pingInterval);
  }

  stop(): void {
    this.#connection.options.clock.clearTimeout(this.#timer);
  }

  #tick(): void {
    const { far, duplex, options } = this.#connection;
    const isSilent = duplex.bytesIn === this.#seen && duplex.buffered === 0;
    this.#seen = duplex.bytesIn;
    if (isSilent && this.#isWaiting) {
      duplex.close(new TimeoutError(`The other side has been silent for ${2 * options.pingInterval} ms`));
      return;
    }
    this.#isWaiting = isSilent && far.can('ping');
    if (this.#isWaiting) this.#ping().catch(() => {}); // its answer counts, whatever it is; its absence is seen above
    this.start();
  }
}
