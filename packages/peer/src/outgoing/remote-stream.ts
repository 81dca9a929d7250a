import { LimitExceededError } from '@bjsonrpc/protocol';
import type { RemoteStream } from '../contract/remote-types.js';
import type { Item, PendingRequest, ResponseSink } from './request.js';

/** How many items the caller of a pipe is ready to take before it has read any (section 8). */
export const STREAM_WINDOW = 64;

/** What a stream that is read works with. */
export interface StreamParts {
  /** Unread items of a stream without flow control. */
  readonly maxStreamItems: number;
  /** Grants so much more credit. */
  grant(id: number, items: number): void;
  /** No more items can come, or are wanted. */
  over(): void;
}

type End = { readonly error: unknown } | { readonly value: unknown };
type Settle = {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: unknown) => void;
};

/** The items of one pipe, as they come. */
export class ItemStream<T, R = unknown> implements RemoteStream<T, R>, ResponseSink {
  readonly #request: PendingRequest;
  readonly #parts: StreamParts;
  #items: Item[] = [];
  #waiting: Settle[] = [];
  /** Items read since credit was last granted. */
  #read = 0;
  #counted = false;
  #end: End | undefined;

  constructor(request: PendingRequest, parts: StreamParts) {
    this.#request = request;
    this.#parts = parts;
    request.sink = this;
  }

  next(): Promise<IteratorResult<T, R>> {
    const item = this.#items.shift();
    if (item) return Promise.resolve({ done: false, value: this.#take(item) as T });
    if (this.#end) return this.#final() as Promise<IteratorResult<T, R>>;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve: resolve as Settle['resolve'], reject });
    });
  }

  async return(value?: R | PromiseLike<R>): Promise<IteratorResult<T, R>> {
    const result = (await value) as R;
    for (const item of this.#items.splice(0)) drop(item);
    if (!this.#end) {
      this.onEnd(undefined);
      this.#request.cancel();
    }
    return { done: true, value: result };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  onItem(item: Item, counted: boolean): void {
    if (this.#end) return drop(item);
    this.#counted = counted;
    const reader = this.#waiting.shift();
    if (reader) return reader.resolve({ done: false, value: this.#take(item) });
    const { maxStreamItems } = this.#parts;
    if (this.#items.length >= maxStreamItems) {
      drop(item);
      this.#request.cancel(new LimitExceededError(`${maxStreamItems} items wait unread (maxStreamItems)`));
      return;
    }
    this.#items.push(item);
  }

  onEnd(value: unknown): void {
    this.#finish({ value });
  }

  onError(error: unknown): void {
    this.#finish({ error });
  }

  #finish(end: End): void {
    if (this.#end) return;
    this.#end = end;
    this.#parts.over();
    for (const reader of this.#waiting.splice(0)) this.#final().then(reader.resolve, reader.reject);
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
    if (this.#counted && !this.#end && ++this.#read >= STREAM_WINDOW / 2) {
      this.#parts.grant(this.#request.id, this.#read);
      this.#read = 0;
    }
    return value;
  }
}

/** Nobody will ever see it: what came with it is given back. */
function drop({ arrived }: Item): void {
  for (const reference of arrived) reference.unhold();
}
