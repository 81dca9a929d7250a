import { Handler } from '@bjsonrpc/peer';
import { requireArity, ValueError } from './reference-errors.js';

/** A list of numbers that lives on the server: what the project's first example, years ago, handed out. */
export class MyList extends Handler {
  static override readonly parameters = {
    add: ['item'],
    addlist: ['items'],
    items: ['start', 'end'],
    remove: ['item'],
  };

  readonly #items: number[] = [];

  add(item: number, ...more: []): void {
    requireArity('add', [item, ...more], { least: 1 });
    this.#items.push(item);
  }

  addlist(items: readonly number[]): void {
    this.#items.push(...items);
  }

  /** The items from `start` up to, not including, `end`. */
  items(start?: number | null, end?: number | null): number[] {
    return this.#items.slice(start ?? 0, end ?? undefined);
  }

  /** Takes the first such item out; none is no error. */
  remove(item: number): void {
    const index = this.#items.indexOf(item);
    if (index >= 0) this.#items.splice(index, 1);
  }

  clear(): void {
    this.#items.length = 0;
  }

  sum(): number {
    return this.#items.reduce((total, item) => total + item, 0);
  }

  count(): number {
    return this.#items.length;
  }

  async *each(): AsyncGenerator<number, void> {
    yield* this.#items;
  }

  fail(): never {
    throw new ValueError('list boom');
  }
}

/** A stopwatch on a clock of its own, so that its readings can be foretold: every reading adds a quarter of a second. */
export class Chronometer extends Handler {
  #clock = 0;
  #startedAt: number | undefined;
  #stoppedAt: number | undefined;

  start(): void {
    this.#startedAt = this.#read();
    this.#stoppedAt = undefined;
  }

  stop(): void {
    this.#stoppedAt = this.#read();
  }

  running(): boolean {
    return this.#startedAt !== undefined && this.#stoppedAt === undefined;
  }

  /** Seconds since the start, up to the stop if there was one. */
  lapse(): number {
    if (this.#startedAt === undefined) return 0;
    return (this.#stoppedAt ?? this.#read()) - this.#startedAt;
  }

  #read(): number {
    this.#clock += 0.25;
    return this.#clock;
  }
}

/** Two functions worth passing by reference. */
export class Operator extends Handler {
  static override readonly parameters = { plus: ['first', 'second'], times: ['first', 'second'] };

  plus(first: number, second: number): number {
    return first + second;
  }

  times(first: number, second: number): number {
    return first * second;
  }
}
