import { LimitExceededError } from '@bjsonrpc/protocol';
import type { Clock } from '../basics/clock.js';
import { ITEM_BYTES } from '../basics/memory.js';
import { Patience } from '../basics/patience.js';
import { weightOf } from '../basics/weight.js';
import type { Item, PendingRequest, ResponseSink } from './request.js';

/** How many items the caller of a pipe is ready to take before it has read any (section 8), unless it says otherwise. */
export const STREAM_WINDOW = 64;

/** How often a reader that does not read says that it is there. */
const SIGN_MS = 20_000;

/** What a stream that is read works with. */
export interface StreamParts {
  readonly clock: Clock;
  /** How many items may be on their way or unread. */
  readonly window: number;
  /** Unread items of a stream without flow control. */
  readonly maxStreamItems: number;
  /** Where unread items are kept. */
  readonly memory: { take(bytes: number): void; give(bytes: number): void };
  /** Grants so much more credit. */
  grant(id: number, items: number): void;
  /** No more items can come, or are wanted. */
  over(): void;
}

type End = { readonly error: unknown } | { readonly value: unknown };
/** Who waits for an item. `reader` is kept from being collected until it has one. */
interface Waiting {
  readonly reader: object;
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/** The items of one pipe, as they come. */
export class ItemStream implements ResponseSink {
  readonly #request: PendingRequest;
  readonly #parts: StreamParts;
  #items: Item[] = [];
  #waiting: Waiting[] = [];
  /** Items read since credit was last granted. */
  #read = 0;
  #counted = false;
  /** Items that the producer may still send. */
  #credit: number;
  readonly #patience: Patience;
  #end: End | undefined;

  constructor(request: PendingRequest, parts: StreamParts) {
    this.#request = request;
    this.#parts = parts;
    this.#credit = parts.window;
    this.#patience = new Patience(parts.clock, SIGN_MS, () => this.#grant());
    request.sink = this;
  }

  get window(): number {
    return this.#parts.window;
  }

  /** The next item, or the end. */
  next(reader: object): Promise<IteratorResult<unknown>> {
    const item = this.#items.shift();
    if (item) {
      this.#parts.memory.give(item.bytes);
      return Promise.resolve({ done: false, value: this.#take(item) });
    }
    if (this.#end) return this.#final();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ reader, resolve, reject });
    });
  }

  /** Nobody reads any more: the producer is told to stop, and what it had sent is given back. */
  leave(): void {
    for (const item of this.#items.splice(0)) {
      this.#parts.memory.give(item.bytes);
      drop(item);
    }
    if (this.#end) return;
    this.onEnd(undefined);
    this.#request.cancel();
  }

  onItem(item: Item, counted: boolean): void {
    if (this.#end) return drop(item);
    this.#counted = counted;
    if (--this.#credit <= 0 && counted) this.#patience.begin();
    const waiting = this.#waiting.shift();
    if (waiting) return waiting.resolve({ done: false, value: this.#take(item) });
    try {
      this.#keep(item);
    } catch (error) {
      drop(item);
      this.#request.cancel(error);
    }
  }

  onEnd(value: unknown): void {
    this.#finish({ value });
  }

  onError(error: unknown): void {
    this.#finish({ error });
  }

  /** @throws LimitExceededError */
  #keep(item: Item): void {
    const { maxStreamItems, memory } = this.#parts;
    if (this.#items.length >= maxStreamItems)
      throw new LimitExceededError(`${maxStreamItems} items wait unread (maxStreamItems)`);
    const bytes = ITEM_BYTES + Math.max(item.bytes, weightOf(item.value, item.bytes));
    memory.take(bytes);
    this.#items.push({ ...item, bytes });
  }

  #finish(end: End): void {
    if (this.#end) return;
    this.#end = end;
    this.#patience.stop();
    this.#parts.over();
    for (const { resolve, reject } of this.#waiting.splice(0)) this.#final().then(resolve, reject);
  }

  /** The return value or the error: once. From then on the iterator is just done. */
  #final(): Promise<IteratorResult<unknown>> {
    const end = this.#end;
    this.#end = { value: undefined };
    if (end && 'error' in end) return Promise.reject(end.error);
    return Promise.resolve({ done: true, value: end?.value });
  }

  /** The program has it: what came with it is the program's, as with any result. */
  #take({ value, arrived }: Item): unknown {
    for (const reference of arrived) reference.own();
    if (this.#counted && !this.#end && ++this.#read >= this.window / 2) this.#grant();
    return value;
  }

  /** What has been read may be sent anew. The producer waits, and closes the stream of a reader that is gone: none is a sign, too. */
  #grant(): void {
    this.#parts.grant(this.#request.id, this.#read);
    this.#credit += this.#read;
    this.#read = 0;
    if (this.#credit > 0) this.#patience.end();
    else this.#patience.begin();
  }
}

/** Nobody will ever see it: what came with it is given back. */
function drop({ arrived }: Item): void {
  for (const reference of arrived) reference.unhold();
}
