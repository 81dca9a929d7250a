import type { MemoryOptions } from './memory-options.js';
import { seeded } from './seeded.js';
import { clearTimeout, giveWay, now, queueMicrotask, setTimeout } from './timers.js';
import type { Clock } from './virtual-clock.js';

/** After so many turns by microtask in a row, one gives way to timers and I/O. */
const MICROTASK_TURNS = 256;

const platformClock: Clock = {
  now,
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) => {
    if (handle !== undefined) clearTimeout(Number(handle));
  },
};

/** When the messages of one direction arrive: drawn from the seed, in the order of sending. */
export class Schedule {
  readonly #clock: Clock;
  readonly #hasClock: boolean;
  readonly #latencyMs: number;
  readonly #jitterMs: number;
  readonly #split: number;
  readonly #random: () => number;
  #lastArrivalMs = 0;
  #turns = 0;

  /** `stream` sets the direction apart from others of the same seed. */
  constructor(options: MemoryOptions, stream: number) {
    this.#clock = options.clock ?? platformClock;
    this.#hasClock = options.clock !== undefined;
    this.#latencyMs = options.latencyMs ?? 0;
    this.#jitterMs = options.jitterMs ?? 0;
    this.#split = options.split ?? (options.seed === undefined ? 0 : 0.25);
    this.#random = seeded(Math.imul((options.seed ?? 0) + 1, 0x9e3779b1) + stream);
  }

  /** When what is sent now arrives; never before what was sent earlier. 0: at once. */
  arrivalMs(): number {
    if (this.#latencyMs === 0 && this.#jitterMs === 0) return 0;
    const delayMs = this.#latencyMs + (this.#jitterMs === 0 ? 0 : this.#random() * this.#jitterMs);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, this.#clock.now() + delayMs);
    return this.#lastArrivalMs;
  }

  hasArrived(arrivalMs: number): boolean {
    return arrivalMs === 0 || arrivalMs <= this.#clock.now();
  }

  /** Whether the turn ends after the message just delivered. */
  endsTurn(): boolean {
    return this.#split > 0 && this.#random() < this.#split;
  }

  /** Take the next turn when the message of that arrival time is due; `isSplit`: in a later turn of the platform. */
  atArrival(arrivalMs: number, isSplit: boolean, turn: () => void): void {
    const waitMs = arrivalMs === 0 ? 0 : arrivalMs - this.#clock.now();
    if (waitMs > 0) this.#clock.setTimeout(turn, waitMs);
    else if (isSplit && this.#hasClock) this.#clock.setTimeout(turn, 0);
    else if (isSplit || ++this.#turns % MICROTASK_TURNS === 0) giveWay(turn);
    else queueMicrotask(turn);
  }
}

/** After how many deliveries a connection breaks. */
export function drawCut(options: MemoryOptions, stream: number): number {
  const { cutAfter = Number.POSITIVE_INFINITY } = options;
  if (typeof cutAfter === 'number') return cutAfter;
  const [least, most] = cutAfter;
  const random = seeded(Math.imul((options.seed ?? 0) + 1, 0x85ebca6b) + stream);
  return least + Math.floor(random() * (most - least + 1));
}
