import { soon } from '../basics/clock.js';

/** How the other side hears of them. */
export interface RefusalsParts {
  readonly far: { readonly hasGreeted: boolean };
  readonly outlet: { control(method: string, params: unknown): void };
}

/** Notifications that were refused: who sent them learns it, once a turn, however many they were. */
export class Refusals {
  readonly #parts: RefusalsParts;
  /** Of this turn. */
  #untold = 0;
  /** All of them. */
  count = 0;

  constructor(parts: RefusalsParts) {
    this.#parts = parts;
  }

  add({ message }: Error): void {
    this.count++;
    if (this.#untold++ > 0) return;
    soon(() => {
      if (this.#parts.far.hasGreeted) this.#parts.outlet.control('$/refused', [this.#untold, message]);
      this.#untold = 0;
    });
  }
}
