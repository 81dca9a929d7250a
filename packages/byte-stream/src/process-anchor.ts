import { clearInterval, MAX_TIMER_MS, setInterval } from './timers.js';

/**
 * Keeps the process alive until released. A socket does that only while it reads or writes: one that is held back, or
 * that the other side has ended, would let the process go in the middle of what it waits for.
 */
export class ProcessAnchor {
  readonly #timer = setInterval(() => {}, MAX_TIMER_MS);

  ref(): void {
    this.#timer.ref();
  }

  unref(): void {
    this.#timer.unref();
  }

  /** For good. */
  release(): void {
    clearInterval(this.#timer);
  }
}
