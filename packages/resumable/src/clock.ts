import { clearTimeout, now, setTimeout } from './timers.js';

/** Time, injected: tests let hours pass at once. The clock of a peer fits, and so does a `VirtualClock`. */
export interface Clock {
  /** Milliseconds from any fixed point; never goes back. */
  now(): number;
  /** Call once, after `ms` milliseconds. */
  setTimeout(callback: () => void, ms: number): unknown;
  /** Harmless for a timer that has fired, was cleared, or is undefined. */
  clearTimeout(timer: unknown): void;
  /** Optional: from now on the timer keeps the program alive ... */
  ref?(timer: unknown): void;
  /** ... or does not. */
  unref?(timer: unknown): void;
}

/** What Node's timers have, and a browser's (mere numbers) have not. */
interface NodeTimer {
  ref?(): void;
  unref?(): void;
}

/** The longest that a timer of the platform can wait; one that is to wait longer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The platform's time. */
export const platformClock: Clock = {
  now,
  setTimeout: (callback, ms) => setTimeout(callback, Math.min(ms, MAX_TIMER_MS)),
  clearTimeout: (timer) => clearTimeout(timer as number),
  ref: (timer) => (timer as NodeTimer).ref?.(),
  unref: (timer) => (timer as NodeTimer).unref?.(),
};

/** A timer for one purpose at a time: a new start is instead of the one before. */
export class Timer {
  readonly #clock: Clock;
  #timer: unknown;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  /** `keepsAlive`: whether the program goes on for it. */
  start(callback: () => void, ms: number, keepsAlive = false): void {
    this.stop();
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      callback();
    }, ms);
    this.keepAlive(keepsAlive);
  }

  keepAlive(on: boolean): void {
    if (this.#timer === undefined) return;
    if (on) this.#clock.ref?.(this.#timer);
    else this.#clock.unref?.(this.#timer);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
