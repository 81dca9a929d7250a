import type { Clock } from './clock.js';

/** All clients of a server that went down would come back at once. */
const FIRST_MS = 100;
const STEP_MS = 250;
const MOST_MS = 10_000;
/** A connection that lasted so long was a good one. */
const GOOD_MS = 5000;

/** How long to wait before the next attempt: soon at first, then ever longer, and never all at the same time. */
export class Backoff {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #connectedAt = Number.NEGATIVE_INFINITY;
  #isConnected = false;

  constructor({ clock, random }: { readonly clock: Clock; readonly random: () => number }) {
    this.#clock = clock;
    this.#random = random;
  }

  connected(): void {
    this.#isConnected = true;
    this.#connectedAt = this.#clock.now();
  }

  lost(): void {
    if (this.#isConnected && this.#clock.now() - this.#connectedAt >= GOOD_MS) this.#failures = 0;
    this.#isConnected = false;
  }

  /** In milliseconds. */
  nextMs(): number {
    const mostMs = this.#failures === 0 ? FIRST_MS : Math.min(MOST_MS, STEP_MS * 2 ** this.#failures);
    this.#failures++;
    return this.#random() * mostMs;
  }
}
