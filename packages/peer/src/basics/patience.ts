import type { Clock } from './clock.js';

/**
 * Notices a wait that lasts too long. Waits begin and end often, and most are short: a timer that was set for one serves those
 * after it.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #onLate: () => void;
  #since: number | undefined;
  #timer: unknown;

  /** `ms`: how long a wait may last; Infinity: for ever. */
  constructor(clock: Clock, ms: number, onLate: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#onLate = onLate;
  }

  /** A wait begins. */
  begin(): void {
    if (this.#ms === Number.POSITIVE_INFINITY) return;
    this.#since = this.#clock.now();
    this.#timer ??= this.#clock.setTimeout(this.#look, this.#ms);
  }

  /** It is over. */
  end(): void {
    this.#since = undefined;
  }

  /** There will be no more. */
  stop(): void {
    this.end();
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    if (this.#since === undefined) return;
    const left = this.#since + this.#ms - this.#clock.now();
    if (left > 0) this.#timer = this.#clock.setTimeout(this.#look, left);
    else {
      this.end();
      this.#onLate();
    }
  };
}
