import { CancelledError } from '@bjsonrpc/protocol';
import { iteratorOf, type Stream } from '../basics/streams.js';

/** What a producer sends, through whoever made it. */
export interface ProducerOutput {
  /** Calls a method of the stream, for the call that it belongs to. */
  apply(method: (...args: never[]) => unknown, stream: object): unknown;
  /** Resolves when others have had their turn. */
  breathe(): Promise<void>;
  /** Resolves, if it is a promise, when the connection can take more. @throws what makes the item unsendable */
  item(value: unknown): Promise<void> | undefined;
  /** @throws what makes the value unsendable */
  end(value: unknown): Promise<void>;
  fail(error: unknown): void;
  /** The clean-up of a stream that nobody wants any more has failed. */
  cleanUpFailed(error: unknown): void;
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
  /** Set once the iterator has been told that nobody will ask for more, or has ended by itself. */
  #hasLeft = false;
  #wake: (() => void) | undefined;

  constructor(stream: Stream, output: ProducerOutput, credit: number = Number.POSITIVE_INFINITY) {
    this.#iterator = output.apply(() => iteratorOf(stream), stream) as AsyncIterator<unknown>;
    this.#credit = credit;
    this.#output = output;
  }

  /** The caller takes so many items more. */
  grant(credit: number): void {
    this.#credit += credit;
    this.#wake?.();
  }

  /** Nobody wants the items any more: the stream's own clean-up begins, and the call is over. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#wake?.();
    // An iterator may be waiting for something that never comes. It is told, and not waited for.
    this.#leave();
    this.#output.fail(new CancelledError());
  }

  /** Resolves when the stream has ended, whichever way. Never rejects. */
  async run(): Promise<void> {
    try {
      const value = await this.#produce();
      if (!this.#isCancelled) await this.#output.end(value);
    } catch (error) {
      this.#leave();
      if (!this.#isCancelled) this.#output.fail(error);
    }
  }

  async #produce(): Promise<unknown> {
    const { next } = this.#iterator;
    for (let items = 1; !this.#isCancelled; items++) {
      while (this.#credit <= 0 && !this.#isCancelled) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#isCancelled) break;
      const step = this.#output.apply(next, this.#iterator) as Promise<IteratorResult<unknown>>;
      const { done, value } = await step;
      if (done) {
        this.#hasLeft = true;
        return value;
      }
      if (this.#isCancelled) break;
      this.#credit--;
      const full = this.#output.item(isPromise(value) ? await value : value);
      if (full) await full;
      if (this.#credit === Number.POSITIVE_INFINITY && items % ITEMS_PER_TURN === 0)
        await this.#output.breathe();
    }
    return undefined;
  }

  /** Tells the iterator, once, that nobody will ask for more. */
  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    const leave = async (): Promise<void> => {
      const { return: end } = this.#iterator;
      if (end) await this.#output.apply(end, this.#iterator);
    };
    leave().catch((error: unknown) => this.#output.cleanUpFailed(error));
  }
}

function isPromise(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Promise]';
}
