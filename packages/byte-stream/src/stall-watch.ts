import { clearTimeout, now, setTimeout } from './timers.js';

/** So many looks in a row must find that nothing was taken. */
const LOOKS = 8;
/** A look that comes later than this, and than one more look would, says nothing: this process itself was away. */
const MIN_LATE_MS = 50;

/** The side whose reader is watched. */
export interface StallWatched {
  /** Grows with what the other side takes. */
  readonly bytesTaken: number;
  /** How long it may take nothing, in milliseconds, as things stand. Infinity: for ever. */
  readonly stallMs: number;
  /** Whether anything waits for it at all. */
  readonly isWaiting: boolean;
  /** It took nothing for that long. */
  stalled(limitMs: number): void;
}

/**
 * Notices that the other side takes nothing of what waits for it. It counts looks rather than time: while this process
 * was busy, asleep or stopped in a debugger, the other side may have read as fast as it could, or was this process.
 */
export class StallWatch {
  readonly #watched: StallWatched;
  #timer: NodeJS.Timeout | undefined;
  #limitMs = 0;
  #dueMs = 0;
  #seen = 0;
  #quietLooks = 0;

  constructor(watched: StallWatched) {
    this.#watched = watched;
  }

  /** Something waits, or the limit may have become shorter. Watches until nothing waits. */
  start(): void {
    const limitMs = this.#watched.stallMs;
    if (this.#timer === undefined ? limitMs === Number.POSITIVE_INFINITY : limitMs >= this.#limitMs) return;
    this.stop();
    this.#limitMs = limitMs;
    this.#seen = this.#watched.bytesTaken;
    this.#quietLooks = 0;
    this.#lookLater();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #lookMs(): number {
    return this.#limitMs / LOOKS;
  }

  #lookLater(): void {
    this.#dueMs = now() + this.#lookMs;
    this.#timer = setTimeout(this.#look, this.#lookMs);
    // The connection keeps the process alive, or is not to.
    this.#timer.unref();
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    const watched = this.#watched;
    if (!watched.isWaiting) return;
    if (watched.stallMs !== this.#limitMs) return this.start();
    const isLate = now() - this.#dueMs > Math.max(this.#lookMs, MIN_LATE_MS);
    if (watched.bytesTaken !== this.#seen) {
      this.#seen = watched.bytesTaken;
      this.#quietLooks = 0;
    } else if (!isLate) this.#quietLooks++;
    if (this.#quietLooks < LOOKS) this.#lookLater();
    else watched.stalled(this.#limitMs);
  };
}
