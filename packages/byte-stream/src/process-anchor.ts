import { clearInterval, MAX_TIMER_MS, setInterval } from './timers.js';

/**
 * Keeps the process alive until released. A socket does that only while it reads or writes: one that is held back, or
 * that the other side has ended, would let the process go in the middle of what it waits for.
 */
export class ProcessAnchor {
  readonly #timer = setInterval(() => {}, MAX_TIMER_MS);
  readonly #streams: readonly object[];

  /** `streams`: what is not to keep the process alive by itself after {@link unref}. */
  constructor(streams: readonly object[]) {
    this.#streams = streams;
  }

  ref(): void {
    this.#timer.ref();
    for (const stream of this.#streams) if (hasRef(stream)) stream.ref();
  }

  unref(): void {
    this.#timer.unref();
    for (const stream of this.#streams) if (hasRef(stream)) stream.unref();
  }

  /** For good. */
  release(): void {
    clearInterval(this.#timer);
  }
}

/** A socket, or a pipe: what can keep the process alive. */
function hasRef(stream: object): stream is { ref(): void; unref(): void } {
  return 'ref' in stream && typeof stream.ref === 'function';
}
