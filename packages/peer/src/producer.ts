import { CancelledError } from '@bjsonrpc/protocol';

/** Everything that can be piped: async iterables, Web streams, and the iterators of generators. */
export type Stream =
  | AsyncIterable<unknown>
  | ReadableStream<unknown>
  | (Iterator<unknown> & Iterable<unknown>);

/** Arrays, texts, Maps and Sets are values; what is piped is what is being iterated already, or only can be so. */
export function isStream(value: unknown): value is Stream {
  if (typeof value !== 'object' || value === null) return false;
  const { next, getReader } = value as { next?: unknown; getReader?: unknown };
  return (
    Symbol.asyncIterator in value ||
    typeof getReader === 'function' ||
    (typeof next === 'function' && Symbol.iterator in value)
  );
}

/** What a producer sends, through whoever made it. */
export interface ProducerOutput {
  /** Resolves when others have had their turn. */
  breathe(): Promise<void>;
  /** Resolves, if it is a promise, when the connection can take more. @throws what makes the item unsendable */
  item(value: unknown): Promise<void> | undefined;
  /** @throws what makes the value unsendable */
  end(value: unknown): void | Promise<void>;
  fail(error: unknown): void;
}

/** Items after which a producer that nobody holds back lets others have a turn. */
const ITEMS_PER_TURN = 256;

/**
 * Sends the items of one stream (section 8), never ahead of the credit that its caller granted. To a caller that
 * grants none (an old one) credit is infinite, and only the connection holds the producer back.
 */
export class Producer {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #output: ProducerOutput;
  #credit: number;
  #cancelled = false;
  #pulling = false;
  #left: Promise<unknown> | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: Stream, credit: number | undefined, output: ProducerOutput) {
    this.#iterator = iteratorOf(stream);
    this.#credit = credit ?? Number.POSITIVE_INFINITY;
    this.#output = output;
  }

  /** The caller takes so many items more. */
  grant(credit: number): void {
    this.#credit += credit;
    this.#resume();
  }

  /** Nobody wants the items any more: the stream's own clean-up runs. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#resume();
    // An iterator may be waiting for something that never comes; many end that wait when they are returned.
    if (this.#pulling) void this.#leave().catch(() => {});
  }

  /** Resolves when the stream has ended, whichever way. Never rejects. */
  async run(): Promise<void> {
    try {
      const value = await this.#produce();
      if (this.#cancelled) throw new CancelledError();
      await this.#output.end(value);
    } catch (error) {
      this.#output.fail(error);
    }
  }

  async #produce(): Promise<unknown> {
    let items = 0;
    try {
      while (!this.#cancelled) {
        if (this.#credit <= 0) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          continue;
        }
        const { done, value } = await this.#pull();
        if (done) {
          this.#left = Promise.resolve();
          return value;
        }
        if (this.#cancelled) break;
        this.#credit--;
        const full = this.#output.item(value instanceof Promise ? await value : value);
        if (full) await full;
        if (this.#credit === Number.POSITIVE_INFINITY && ++items % ITEMS_PER_TURN === 0)
          await this.#output.breathe();
      }
      return undefined;
    } finally {
      await this.#leave();
    }
  }

  async #pull(): Promise<IteratorResult<unknown>> {
    this.#pulling = true;
    try {
      return await this.#iterator.next();
    } finally {
      this.#pulling = false;
    }
  }

  /** Tells the iterator, once, that nobody will ask for more. Resolves when its clean-up is over. */
  #leave(): Promise<unknown> {
    return (this.#left ??= (async () => this.#iterator.return?.())());
  }

  #resume(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

function iteratorOf(stream: Stream): Iterator<unknown> | AsyncIterator<unknown> {
  if (Symbol.asyncIterator in stream) return stream[Symbol.asyncIterator]();
  if ('next' in stream) return stream;
  return readerIterator((stream as ReadableStream<unknown>).getReader()); // typed as iterable everywhere; it is not
}

/** Not every browser's ReadableStream can be iterated. */
function readerIterator(reader: ReadableStreamDefaultReader<unknown>): AsyncIterator<unknown> {
  return {
    next: async () => {
      const { done, value } = await reader.read();
      return done ? { done: true, value: undefined } : { done: false, value };
    },
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

/** Ends a stream that nobody reads: an iterator's `return`, a Web stream's `cancel` if no one has it. */
export function abandon(value: object): unknown {
  const {
    next,
    return: end,
    cancel,
    locked,
  } = value as Partial<Iterator<unknown>> & Partial<ReadableStream<unknown>>;
  if (typeof next === 'function' && typeof end === 'function') return end.call(value);
  return typeof cancel === 'function' && locked === false ? cancel.call(value) : undefined;
}
