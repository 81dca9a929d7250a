import { type Duplex, TimeoutError } from '@bjsonrpc/protocol';
import type { Clock } from '../basics/clock.js';

/** What keeps a connection alive. */
export interface KeepAliveParts {
  readonly duplex: Pick<Duplex, 'bytesIn' | 'buffered' | 'close'>;
  readonly clock: Clock;
  readonly options: {
    /** Milliseconds between pings. */
    readonly pingInterval: number;
  };
  readonly far: { can(extension: 'ping'): boolean };
  readonly life: { ask(method: string, args: readonly unknown[]): Promise<unknown> };
}

/**
 * Pings a greeted peer that has been silent for an interval, and ends the connection when it stays so (section 11).
 * One that still has much to read cannot have answered: whether it reads is the transport's to watch.
 */
export class KeepAlive {
  readonly #parts: KeepAliveParts;
  #timer: unknown;
  #seen = -1;
  #isWaiting = false;

  constructor(parts: KeepAliveParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, options } = this.#parts;
    this.#timer = clock.setTimeout(this.#tick, options.pingInterval);
  }

  stop(): void {
    this.#parts.clock.clearTimeout(this.#timer);
  }

  readonly #tick = (): void => {
    const { duplex, options, far, life } = this.#parts;
    const isSilent = duplex.bytesIn === this.#seen && duplex.buffered === 0;
    this.#seen = duplex.bytesIn;
    if (isSilent && this.#isWaiting) {
      // It has ended there, as far as anybody knows.
      duplex.close(new TimeoutError(`The other side has been silent for ${2 * options.pingInterval} ms`));
      return;
    }
    this.#isWaiting = isSilent && far.can('ping');
    if (this.#isWaiting) life.ask('$/ping', []).catch(() => {}); // its answer counts, whatever it is; its absence is seen above
    this.start();
  };
}
