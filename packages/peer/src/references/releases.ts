import type { Clock } from '../basics/clock.js';
import { inSlices } from '../basics/slices.js';

/** What releases are told with. */
export interface ReleasesParts {
  readonly clock: Clock;
  /** Whether the other side counts references. */
  readonly far: {
    readonly isUndecided: boolean;
    can(extension: 'references'): boolean;
    whenSettled(again: () => void): void;
    /** It is waited for no longer. */
    giveUp(): void;
  };
  readonly outlet: { control(method: string, params: unknown): void };
}

/** So many names wait at most until it is known whether the other side counts. */
const MAX_WAITING = 16_384;

/** Tells the other side what this one lets go of (section 6), as soon as it is known whether it counts. */
export class Releases {
  readonly #parts: ReleasesParts;
  /** What waits for that, by name. */
  #waiting: Map<string, number> | undefined;

  constructor(parts: ReleasesParts) {
    this.#parts = parts;
  }

  /** Lets go of a name, so many emissions of which have come. */
  release(name: string, count: number): void {
    const { far, outlet } = this.#parts;
    if (!far.isUndecided)
      return outlet.control(`${name}.__delete__`, far.can('references') ? [count] : undefined);
    this.#waiting ??= this.#wait();
    this.#waiting.set(name, (this.#waiting.get(name) ?? 0) + count);
    if (this.#waiting.size >= MAX_WAITING) far.giveUp();
  }

  /** The connection has ended: nothing is told any more. */
  clear(): void {
    this.#waiting = undefined;
  }

  #wait(): Map<string, number> {
    const { far, clock } = this.#parts;
    const waiting = new Map<string, number>();
    far.whenSettled(() => {
      this.#waiting = undefined;
      void inSlices(waiting, clock, ([name, count]) => this.release(name, count));
    });
    return waiting;
  }
}
