import { LimitExceededError } from '@bjsonrpc/protocol';
import type { Connection } from './connection.js';
import type { Item, Request, ResponseSink } from './request.js';

/** How many items the caller of a pipe is ready to take before it has read any (section 8). */
export const STREAM_WINDOW = 64;

type End = { readonly error: unknown } | { readonly value: unknown };
type Settle = {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * The items of one pipe. Read it with `for await`, or by hand: the generator's return value is the `value` of the
 * final result. Leaving early (`break`, `return()`) stops the producer. What is not read holds the producer back.
 */
export class RemoteStream<T, R = unknown>
  implements AsyncIterableIterator<T, R, void>, AsyncDisposable, ResponseSink
{
  readonly #connection: Connection;
  #request: Request | undefined;
  #items: Item[] = [];
  #waiting: Settle[] = [];
  /** Items read since credit was last granted. */
  #read = 0;
  #counted = false;
  #end: End | undefined;
  #whenOver: (() => void) | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** For the connection alone: the request whose answers these are. */
  attach(request: Request): void {
    this.#request = request;
    request.sink = this;
    if (request.error !== undefined) this.onError(request.error);
  }

  /** Run once, when no more items can come. */
  whenOver(callback: () => void): void {
    this.#whenOver = callback;
    if (this.#end) this.#over();
  }

  next(): Promise<IteratorResult<T, R>> {
    if (this.#items.length > 0) {
      const value = taken(this.#items.shift() as Item) as T;
      this.#grant();
      return Promise.resolve({ done: false, value });
    }
    if (this.#end) return this.#final() as Promise<IteratorResult<T, R>>;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve: resolve as Settle['resolve'], reject });
    });
  }

  /** Leave: the producer is told to stop, and what it had sent is dropped. */
  async return(value?: R | PromiseLike<R>): Promise<IteratorResult<T, R>> {
    const result = (await value) as R;
    for (const item of this.#items.splice(0)) drop(item);
    if (!this.#end) {
      this.#finish({ value: undefined });
      this.#request?.cancel();
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
    if (reader) {
      reader.resolve({ done: false, value: taken(item) });
      this.#grant();
      return;
    }
    const { maxStreamItems } = this.#connection.limits;
    if (this.#items.length >= maxStreamItems) {
      drop(item);
      this.#request?.cancel(new LimitExceededError(`${maxStreamItems} items wait unread (maxStreamItems)`));
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
    for (const reader of this.#waiting.splice(0)) this.#final().then(reader.resolve, reader.reject);
    this.#over();
  }

  /** The return value or the error: once. From then on the iterator is just done. */
  #final(): Promise<IteratorResult<unknown>> {
    const end = this.#end;
    this.#end = { value: undefined };
    if (end && 'error' in end) return Promise.reject(end.error);
    return Promise.resolve({ done: true, value: end?.value });
  }

  #over(): void {
    this.#whenOver?.();
    this.#whenOver = undefined;
  }

  #grant(): void {
    if (!this.#counted || this.#end || ++this.#read < STREAM_WINDOW / 2 || !this.#request) return;
    this.#connection.sendControl('$/credit', [this.#request.id, this.#read]);
    this.#read = 0;
  }
}

/** The program has it: what came with it is the program's, as with any result. */
function taken({ value, arrived }: Item): unknown {
  for (const reference of arrived) reference.own();
  return value;
}

/** Nobody will ever see it: what came with it is given back. */
function drop({ arrived }: Item): void {
  for (const reference of arrived) reference.unhold();
}
