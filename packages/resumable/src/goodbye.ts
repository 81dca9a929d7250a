import { type Clock, Timer } from './clock.js';

/** How long, in milliseconds, a clean close goes on while nothing moves. */
const STUCK_MS = 5000;

/** How far a close has come. */
export interface Progress {
  readonly confirmed: number;
  readonly bytesOut: number;
  readonly buffered: number;
}

/** What a goodbye works with. */
export interface GoodbyeParts {
  readonly clock: Clock;
  readonly out: { readonly confirmed: number; readonly last: number; push(text: string): void };
  /** END. */
  readonly end: string;
  progress(): Progress;
  /** All that was to be said, END included, has arrived. */
  onDone(): void;
  /** Nothing moves any more. */
  onStuck(): void;
}

/** A clean close: END behind the last message, and then as long as it takes, if only it gets on. */
export class Goodbye {
  readonly #parts: GoodbyeParts;
  readonly #timer: Timer;
  #isSaid = false;

  constructor(parts: GoodbyeParts) {
    this.#parts = parts;
    this.#timer = new Timer(parts.clock);
  }

  /** Whether END has its number. */
  get isSaid(): boolean {
    return this.#isSaid;
  }

  say(): void {
    if (this.#isSaid) return;
    this.#isSaid = true;
    this.#parts.out.push(this.#parts.end);
  }

  /** Something has been confirmed. */
  check(): void {
    const { out, onDone } = this.#parts;
    if (this.#isSaid && out.confirmed === out.last) onDone();
  }

  watch(): void {
    const { progress, onStuck } = this.#parts;
    const before = progress();
    const look = (): void => {
      const now = progress();
      const isMoving =
        now.confirmed > before.confirmed || now.bytesOut > before.bytesOut || now.buffered < before.buffered;
      if (isMoving) this.watch();
      else onStuck();
    };
    this.#timer.start(look, STUCK_MS, true);
  }

  stop(): void {
    this.#timer.stop();
  }
}
