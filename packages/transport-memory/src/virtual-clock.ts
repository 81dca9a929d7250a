import { giveWay } from './timers.js';

/** Where time comes from. The platform's own fits: `{ now: () => performance.now(), setTimeout, clearTimeout }`. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  /** Harmless for a handle that has fired, was cleared, or is undefined. */
  clearTimeout(handle: unknown): void;
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * A clock that moves only when told to, so that an hour of timeouts takes a test no time and always goes the same way.
 * Timers fire one by one, by due time and then by age; between two of them everything that was promised settles.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #lastHandle = 0;
  readonly #timers: Map<number, Timer> = new Map();

  now(): number {
    return this.#nowMs;
  }

  /** Timers not yet due. */
  get pending(): number {
    return this.#timers.size;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    const handle = ++this.#lastHandle;
    this.#timers.set(handle, { dueMs: this.#nowMs + Math.max(0, ms), callback });
    return handle;
  }

  clearTimeout(handle: unknown): void {
    if (typeof handle === 'number') this.#timers.delete(handle);
  }

  /** Let `ms` milliseconds pass, with all that falls due in them. */
  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    await settle();
    while (this.#fireNext(until)) await settle();
    this.#nowMs = until;
  }

  /** Go from timer to timer until none is left. Throws after `maxTimers`: something re-arms itself for ever. */
  async runUntilIdle(maxTimers = 100_000): Promise<void> {
    await settle();
    for (let fired = 0; this.#fireNext(Number.POSITIVE_INFINITY); fired++) {
      if (fired === maxTimers) throw new Error(`Not idle after ${maxTimers} timers`);
      await settle();
    }
  }

  #fireNext(untilMs: number): boolean {
    let nextHandle: number | undefined;
    let next: Timer | undefined;
    for (const [handle, timer] of this.#timers) {
      if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) {
        nextHandle = handle;
        next = timer;
      }
    }
    if (nextHandle === undefined || next === undefined) return false;
    this.#timers.delete(nextHandle);
    this.#nowMs = next.dueMs;
    next.callback();
    return true;
  }
}

/** Until the platform has run every microtask, and what yields to it for one turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    await new Promise<void>(giveWay);
  }
}
