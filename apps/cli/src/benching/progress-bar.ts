import type { Output } from '../terminal.js';

const EVERY_MS = 100;
const CELLS = 24;

/** A bar that is drawn again and again on one line of a terminal; anywhere else it is nothing. */
export class ProgressBar implements Disposable {
  readonly #output: Output;
  readonly #state: () => { readonly share: number; readonly text: string };
  readonly #timer: NodeJS.Timeout | undefined;

  /** `state` is asked each time: how much is done, from 0 to 1, and what is said beside it. */
  constructor(output: Output, state: () => { readonly share: number; readonly text: string }) {
    this.#output = output;
    this.#state = state;
    if (output.isTerminal) this.#timer = setInterval(() => this.#draw(), EVERY_MS);
  }

  /** It is wiped away. */
  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#output.write('\r\x1b[K');
  }

  #draw(): void {
    const { share, text } = this.#state();
    const full = Math.round(Math.min(1, Math.max(0, share)) * CELLS);
    const { cyan, dim } = this.#output.colors;
    const room = (this.#output.columns || 80) - CELLS - 2;
    const bar = cyan('━'.repeat(full)) + dim('━'.repeat(CELLS - full));
    this.#output.write(`\r${bar} ${text.slice(0, room)}\x1b[K`);
  }
}
