import { CancelledError, Gate } from '@bjsonrpc/protocol';
import type { Patience } from '../basics/patience.js';
import { abandon, iteratorOf, type Stream } from '../basics/streams.js';

/** What a producer sends, through whoever made it. */
export interface ProducerOutput {
  /** Calls a method of the stream, for the call that it belongs to. */
  apply(method: (...args: never[]) => unknown, stream: object): unknown;
  /** Resolves when others have had their turn, or after so many milliseconds. */
  breathe(ms?: number): Promise<void>;
  /** Resolves, if it is a promise, when the connection can take more. @throws what makes the item unsendable */
  item(value: unknown): Promise<void> | undefined;
  /** @throws what makes the value unsendable */
  end(value: unknown): Promise<void>;
  fail(error: unknown): void;
  /** Is told of every wait for credit. */
  readonly patience: Pick<Patience, 'begin' | 'end' | 'stop'>;
  /** The clean-up of a stream that nobody wants any more has failed: its caller hears of something else. */
  cleanUpFailed(error: unknown): void;
}

/** How long an iterator that nobody wants any more may go on with what it waits for. */
const STUCK_MS = 1000;
/** Items after which a producer that has credit lets others have a turn. */
const ITEMS_PER_TURN = 256;
/** More credit than this counts as this much: a number of the other side is not to be trusted with the loop. */
const MAX_CREDIT = 2 ** 20;

/**
 * Sends the items of one stream (section 8), never ahead of the credit that its caller granted. To a caller that
 * grants none (an old one) credit is infinite, and only the connection holds the producer back.
 */
export class Producer {
  readonly #stream: Stream;
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #output: ProducerOutput;
  #credit: number;
  #isCancelled = false;
  #isPulling = false;
  /** Set once the iterator has been told that nobody will ask for more, or has ended by itself. */
  #left: Promise<void> | undefined;
  /** Opened by credit, and when nobody wants any more. */
  readonly #more = new Gate();

  constructor(stream: Stream, output: ProducerOutput, credit: number = Number.POSITIVE_INFINITY) {
    this.#stream = stream;
    this.#iterator = output.apply(() => iteratorOf(stream), stream) as AsyncIterator<unknown>;
    this.#credit = credit === Number.POSITIVE_INFINITY ? credit : Math.min(credit, MAX_CREDIT);
    this.#output = output;
  }

  /** The caller takes so many items more. */
  grant(credit: number): void {
    if (this.#credit <= 0 && this.#more.isAwaited) this.#output.patience.begin(); // be it none: there is somebody
    this.#credit = Math.min(this.#credit + credit, Math.max(this.#credit, MAX_CREDIT));
    this.#more.open();
  }

  /** Nobody wants the items any more: the stream's own clean-up runs, and then the call is over. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#more.open();
    if (this.#isPulling) void this.#endIfStuck();
  }

  /** Resolves when the stream has ended, whichever way. Never rejects. */
  async run(): Promise<void> {
    let failure: unknown;
    try {
      const value = await this.#produce();
      if (!this.#isCancelled) return await this.#output.end(value);
      failure = new CancelledError();
    } catch (error) {
      failure = error;
    } finally {
      this.#output.patience.stop();
    }
    await this.#leave();
    this.#output.fail(failure);
  }

  async #produce(): Promise<unknown> {
    const { next } = this.#iterator;
    for (let items = 1; !this.#isCancelled; items++) {
      if (this.#credit <= 0) {
        await this.#creditOrEnd();
        items = 1; // others have had their turn meanwhile
      }
      if (this.#isCancelled) break;
      this.#isPulling = true;
      const step = this.#output.apply(next, this.#iterator) as Promise<IteratorResult<unknown>>;
      const { done, value } = await step;
      this.#isPulling = false;
      if (done) {
        this.#left = Promise.resolve();
        return value;
      }
      if (this.#isCancelled) break;
      this.#credit--;
      const full = this.#output.item(isPromise(value) ? await value : value);
      if (full) await full;
      if (items % ITEMS_PER_TURN === 0) await this.#output.breathe();
    }
    return undefined;
  }

  /** Resolves when an item may be sent, or nobody wants any more. */
  async #creditOrEnd(): Promise<void> {
    const { patience } = this.#output;
    patience.begin();
    while (this.#credit <= 0 && !this.#isCancelled) await this.#more.wait();
    patience.end();
  }

  /** The iterator may be waiting for something that never comes: it is told, and not waited for. */
  async #endIfStuck(): Promise<void> {
    void this.#leave();
    await this.#output.breathe(STUCK_MS);
    if (this.#isPulling) this.#output.fail(new CancelledError());
  }

  /** Tells the iterator, once, that nobody will ask for more. Resolves when its clean-up is over; never rejects. */
  #leave(): Promise<void> {
    return (this.#left ??= this.#cleanUp());
  }

  async #cleanUp(): Promise<void> {
    try {
      const { return: end } = this.#iterator;
      if (end) await this.#output.apply(end, this.#iterator);
      await this.#output.apply(() => abandon(this.#stream), this.#stream); // an iteration that was never begun ends nothing
    } catch (error) {
      this.#output.cleanUpFailed(error);
    }
  }
}

function isPromise(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Promise]';
}
