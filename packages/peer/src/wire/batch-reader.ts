import type { Written } from '@bjsonrpc/protocol';
import type { Clock } from '../basics/clock.js';
import { takeTurn } from '../basics/take-turns.js';
import type { Batch } from './source.js';

/** A batch as it was read. */
export interface Reading {
  readonly elements: readonly unknown[];
  readonly text: string;
  readonly batch: Batch;
}

/** What a batch is read with. */
export interface BatchReaderParts {
  readonly clock: Clock;
  readonly outlet: { readonly isClosed: boolean };
  readonly flow: { update(): void };
  readonly memory: { take(bytes: number): void; give(bytes: number): void };
  readonly life: { cut(error: Error): void };
}

/** What is done with messages. */
export interface MessageReader {
  /** One message of a batch. */
  readElement(reading: Reading, element: number): void;
  /** A message that had to wait. */
  read(message: Written): void;
}

/** So long others wait while a batch is read. */
const SLICE_MS = 4;

/** Reads long batches in slices, between which others have their turn; what comes behind one waits for its end. */
export class BatchReader {
  readonly #parts: BatchReaderParts;
  readonly #reader: MessageReader;
  /** Of the batch that is being read; undefined while none is. */
  #rest: { readonly reading: Reading; at: number } | undefined;
  #behind: Written[] = [];
  #whenRead: (() => void) | undefined;
  #isOver = false;

  constructor(parts: BatchReaderParts, reader: MessageReader) {
    this.#parts = parts;
    this.#reader = reader;
  }

  get isBusy(): boolean {
    return this.#rest !== undefined;
  }

  read(reading: Reading): void {
    this.#goOn({ reading, at: 0 });
  }

  /** Something has come behind a batch. Reading is held, but not every transport can. */
  keep(message: Written): void {
    const { memory, life } = this.#parts;
    try {
      memory.take(message.length);
      this.#behind.push(message);
    } catch (error) {
      life.cut(error as Error);
    }
  }

  /** Run, once, when all that has come is read. */
  whenRead(callback: () => void): void {
    if (this.isBusy) this.#whenRead = callback;
    else callback();
  }

  /** Everything that is left, at once. */
  finish(): void {
    this.#isOver = true;
    if (this.#rest) this.#goOn(this.#rest);
    for (const message of this.#behind.splice(0)) this.#reader.read(message);
  }

  #goOn(rest: { readonly reading: Reading; at: number }): void {
    const { clock, outlet, flow } = this.#parts;
    const { reading } = rest;
    const until = clock.now() + SLICE_MS;
    this.#rest = undefined;
    while (rest.at < reading.elements.length && !outlet.isClosed) {
      this.#reader.readElement(reading, rest.at++);
      if (this.#isOver || clock.now() < until) continue;
      this.#rest = rest;
      flow.update();
      takeTurn(clock, this.#resume);
      return;
    }
    reading.batch.answer?.read();
  }

  readonly #resume = (): void => {
    const { outlet, memory, flow } = this.#parts;
    if (!this.#rest || outlet.isClosed) return;
    this.#goOn(this.#rest);
    while (!this.#rest && this.#behind.length > 0) {
      const message = this.#behind.shift() as Written;
      memory.give(message.length);
      this.#reader.read(message);
    }
    flow.update();
    if (this.#rest) return;
    this.#whenRead?.();
    this.#whenRead = undefined;
  };
}
