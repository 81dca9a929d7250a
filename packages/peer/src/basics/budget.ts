import type { Clock } from './clock.js';

const MINUTE_MS = 60_000;

/** So many a minute, and no more. */
export class Budget {
  readonly #clock: Clock;
  readonly #perMinute: number;
  #minuteBegan = Number.NEGATIVE_INFINITY;
  #spent = 0;

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** @returns whether there was one left */
  spend(): boolean {
    const now = this.#clock.now();
    if (now - this.#minuteBegan >= MINUTE_MS) {
      this.#minuteBegan = now;
      this.#spent = 0;
    }
    return ++this.#spent <= this.#perMinute;
  }
}
