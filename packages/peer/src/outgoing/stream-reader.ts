import { looksLike } from '../basics/looks.js';
import type { RemoteStream } from '../contract/remote-types.js';
import type { ItemStream } from './item-stream.js';

/** Readers that programs have forgotten, half-way: their producers are told to stop. */
const forgotten = new FinalizationRegistry<ItemStream>((items) => items.leave());

/** What a program holds of a pipe. The items themselves do not hold it: forgotten, it is collected, as references are. */
export class StreamReader<T, R = unknown> implements RemoteStream<T, R> {
  readonly #items: ItemStream;

  constructor(items: ItemStream) {
    this.#items = items;
    forgotten.register(this, items, items);
  }

  next(): Promise<IteratorResult<T, R>> {
    return this.#items.next(this) as Promise<IteratorResult<T, R>>;
  }

  async return(value?: R | PromiseLike<R>): Promise<IteratorResult<T, R>> {
    const result = (await value) as R;
    this.#items.leave();
    forgotten.unregister(this.#items);
    return { done: true, value: result };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

looksLike(StreamReader.prototype, 'RemoteStream', () => 'RemoteStream');
