import { whenAborted } from './abort.js';
import type { Clock } from './clock.js';

/** Those who wait for something that may happen, each for so long at most. */
export class Sleepers {
  readonly #clock: Clock;
  readonly #wakes = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when all are woken, the time is over (Infinity: it never is), or the signal aborts. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const clock = this.#clock;
    return new Promise((resolve) => {
      const wake = (): void => {
        clock.clearTimeout(timer);
        unwatch?.();
        this.#wakes.delete(wake);
        resolve();
      };
      const timer = Number.isFinite(ms) ? clock.setTimeout(wake, ms) : undefined;
      if (timer !== undefined) clock.ref?.(timer);
      const unwatch = signal && whenAborted(signal, wake);
      this.#wakes.add(wake);
    });
  }

  wakeAll(): void {
    for (const wake of [...this.#wakes]) wake();
  }
}
