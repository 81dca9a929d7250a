import { clearInterval, MAX_TIMER_MS, setImmediate, setInterval } from '@bjsonrpc/byte-stream';

/** A connection whose other side is listened for. */
export interface Beating {
  /** Grows with every byte that comes; undefined while nobody reads, and nothing can be told. */
  readonly bytesHeard: number | undefined;
  /** Bytes that wait for the other side. A ping would wait behind them; whether they move is watched elsewhere. */
  readonly buffered: number;
  ping(): void;
  /** Show that this side lives, unasked. */
  pong(): void;
  /** Nothing has come for so many milliseconds, though it was asked for. */
  silent(silentMs: number): void;
}

/**
 * Notices a side that has gone without a word (a lid closed, a cable pulled): one that was silent for an interval is
 * pinged, and given up when it is silent for another. While nobody reads here, pings of the other side go unanswered: it
 * gets a sign of life every interval. A side that still has much to read is not expected to answer: it is a matter of the
 * write-stall limit.
 */
export class Heartbeat {
  readonly #side: Beating;
  readonly #intervalMs: number;
  readonly #timer: NodeJS.Timeout | undefined;
  #heard: number | undefined;
  #isPinged = false;

  constructor(side: Beating, intervalMs: number) {
    this.#side = side;
    this.#intervalMs = intervalMs;
    this.#heard = side.bytesHeard;
    if (intervalMs > 0 && intervalMs <= MAX_TIMER_MS)
      this.#timer = setInterval(() => this.#beat(), intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const side = this.#side;
    const heard = side.bytesHeard;
    if (heard === undefined) side.pong();
    if (heard === undefined || heard !== this.#heard || side.buffered > 0) {
      this.#heard = heard;
      this.#isPinged = false;
    } else if (!this.#isPinged) {
      this.#isPinged = true;
      side.ping();
    } else {
      // After a sleep of our own, what came meanwhile is read only now.
      setImmediate(() => {
        if (side.bytesHeard === heard && side.buffered === 0) side.silent(2 * this.#intervalMs);
      });
    }
  }
}
