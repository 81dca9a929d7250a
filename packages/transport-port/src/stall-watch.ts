import { clearTimeout, startTimer, type Timer } from './timers.js';

/** A limit is over after so many looks at least: this process may have been away in between. */
const LOOKS = 8;

/** Tells when the other side has taken nothing for too long, of what is under way to it. */
export class StallWatch {
  readonly #lookMs: number;
  readonly #onStall: () => void;
  #timer: Timer | undefined;
  #looks = 0;

  constructor(limitMs: number, onStall: () => void) {
    this.#lookMs = limitMs / LOOKS;
    this.#onStall = onStall;
  }

  /** Something is under way. */
  start(): void {
    this.#timer ??= startTimer(() => {
      this.#timer = undefined;
      if (++this.#looks === LOOKS) this.#onStall();
      else this.start();
    }, this.#lookMs);
  }

  /** Something of it has been taken. */
  progressed(isMoreUnderWay: boolean): void {
    this.#looks = 0;
    if (!isMoreUnderWay) this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
