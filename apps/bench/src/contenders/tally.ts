/** What every contender's server publishes, in plain functions that each wraps in its own way. */
import type { Item, Total } from '../contender.js';

export class Tally {
  #count = 0;
  #sum = 0;

  note(value: number): void {
    this.#count += 1;
    this.#sum += value;
  }

  total(): Total {
    return { count: this.#count, sum: this.#sum };
  }
}

export function add(a: number, b: number): number {
  return a + b;
}

export function echo(value: readonly Item[]): readonly Item[] {
  return value;
}

/** The strings that a server streams. */
export function* chunks(items: number, itemBytes: number): Generator<string, void> {
  const text = 'x'.repeat(itemBytes);
  for (let i = 0; i < items; i++) yield text;
}
