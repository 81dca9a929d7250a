const MIN_BYTES = 4096;
/** No window is larger, and nobody is sent more that he has not confirmed, whatever he says. */
export const MAX_WINDOW_BYTES: number = 16 * 1024 * 1024;

/** What all windows of one connection of NATS may be together. */
export class WindowBudget {
  #left: number;

  constructor(maxBytes: number) {
    this.#left = maxBytes;
  }

  get left(): number {
    return this.#left;
  }

  /** All of it, or nothing. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

/**
 * How much the other side may have on its way here: credit, which NATS has none of. It grows as long as what comes is read
 * as fast, within a budget.
 */
export class Window {
  readonly #budget: WindowBudget;
  readonly #maxBytes: number;
  #bytes: number;
  #takenBytes: number;

  constructor(budget: WindowBudget, { windowBytes, maxWindowBytes }: WindowSizes) {
    this.#budget = budget;
    this.#maxBytes = maxWindowBytes;
    const isGranted = budget.take(windowBytes);
    this.#bytes = isGranted ? windowBytes : MIN_BYTES;
    this.#takenBytes = isGranted ? windowBytes : 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** It was used up, and read at once. */
  grow(): void {
    const more = Math.min(this.#bytes, this.#maxBytes - this.#bytes);
    if (more <= 0 || !this.#budget.take(more)) return;
    this.#bytes += more;
    this.#takenBytes += more;
  }

  release(): void {
    this.#budget.give(this.#takenBytes);
    this.#takenBytes = 0;
  }
}

/** The sizes of a window, in bytes. */
export interface WindowSizes {
  readonly windowBytes: number;
  readonly maxWindowBytes: number;
}
