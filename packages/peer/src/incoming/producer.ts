import { CancelledError } from '@bjsonrpc/protocol';
import { iteratorOf, type Stream } from '../basics/streams.js';

/** What a producer sends, through whoever made it. */
export interface ProducerOutput {
  /** Resolves when others have had their turn. */
  breathe(): Promise<void>;
  /** Resolves, if it is a promise, when the connection can take more. @throws what makes the item unsendable */
  item(value: unknown): Promise<void> | undefined;
  /** @throws what makes the value unsendable */
  end(value: unknown): Promise<void>;
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
  #isCancelled = false;
  #isPulling = false;
  #left: Promise<unknown> | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: Stream, output: ProducerOutput, credit: number = Number.POSITIVE_INFINITY) {
    this.#iterator = iteratorOf(stream);
    this.#credit = credit;
    this.#output = output;
  }

  /** The caller takes so many items more. */
  grant(credit: number): void {
    this.#credit += credit;
    this.#wake?.();
  }

  /** Nobody wants the items any more: the stream's own clean-up runs. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#wake?.();
    // An iterator may be waiting for something that never comes; many end that wait when they are returned.
    if (this.#isPulling) this.#leave().catch(() => {});
  }

  /** Resolves when the stream has ended, whichever way. Never rejects. */
  async run(): Promise<void> {
    try {
      const value = await this.#produce();
      if (this.#isCancelled) throw new CancelledError();
      await this.#output.end(value);
    } catch (error) {
      this.#output.fail(error);
    }
  }

  async #produce(): Promise<unknown> {
    try {
      for (let items = 1; !this.#isCancelled; items++) {
        while (this.#credit <= 0 && !this.#isCancelled) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
        if (this.#isCancelled) break;
        const { done, value } = await this.#pull();
        if (done) {
          this.#left = Promise.resolve();
          return value;
        }
        if (this.#isCancelled) break;
        this.#credit--;
        const full = this.#output.item(value instanceof Promise ? await value : value);
        if (full) await full;
        if (this.#credit === Number.POSITIVE_INFINITY && items % ITEMS_PER_TURN === 0)
          await this.#output.breathe();
      }
      return undefined;
    } finally {
      await this.#leave();
    }
  }

  async #pull(): Promise<IteratorResult<unknown>> {
    this.#isPulling = true;
    try {
      return await this.#iterator.next();
    } finally {
      this.#isPulling = false;
    }
  }

  /** Tells the iterator, once, that nobody will ask for more. Resolves when its clean-up is over. */
  #leave(): Promise<unknown> {
    return (this.#left ??= (async () => this.#iterator.return?.())());
  }
}
