import { clearInterval, setInterval } from './timers.js';

/** How often, in milliseconds, somebody looks whether the other side is still there while reading is held. */
const LOOK_MS = 3000;

/** Looks every so often, from {@link start} to {@link stop}. */
export class HeldWatch {
  readonly #look: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(look: () => void) {
    this.#look = look;
  }

  start(): void {
    this.#timer ??= setInterval(this.#look, LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
