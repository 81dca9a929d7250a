import { LimitExceededError } from '@bjsonrpc/protocol';

/**
 * Bytes that the other side makes this one keep: long arguments of calls that wait or run, items that nobody has read yet,
 * answers that it does not read, names. Of one connection; and of all that one server has, `within` which it is.
 */
export class Memory {
  readonly #limit: string;
  readonly #max: number;
  readonly #within: Memory | undefined;
  #held = 0;
  #isOver = false;

  /** `limit` is the name of the limit, for errors. */
  constructor(limit: string, max: number, within?: Memory) {
    this.#limit = limit;
    this.#max = max;
    this.#within = within;
  }

  get held(): number {
    return this.#held;
  }

  /** @throws LimitExceededError: nothing is taken */
  take(bytes: number): void {
    if (this.#held + bytes > this.#max)
      throw new LimitExceededError(`More than ${this.#max} bytes would be kept here (${this.#limit})`);
    this.#within?.take(bytes);
    this.#held += bytes;
  }

  give(bytes: number): void {
    if (this.#isOver) return;
    this.#within?.give(bytes);
    this.#held -= bytes;
  }

  /** The connection has ended: nothing is kept any more. */
  clear(): void {
    this.give(this.#held);
    this.#isOver = true;
  }
}

/** What one name in a table of references keeps, besides the name. */
export const REFERENCE_BYTES = 384;
