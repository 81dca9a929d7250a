import { LimitExceededError } from '@bjsonrpc/protocol';

/**
 * So much each connection of a server may keep whatever the others keep: who holds all that there is keeps nobody from
 * being answered.
 */
const OWN_SHARE = 16 * 1024;

/**
 * Bytes that the other side makes this one keep: calls that wait or run, items that nobody has read yet, answers that it
 * does not read, names. Of one connection; and of all that one server has, `within` which it is.
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

  /** @throws LimitExceededError: nothing is taken */
  take(bytes: number): void {
    this.assertRoom(bytes);
    this.keep(bytes);
  }

  /** Whether so much more is not too much. */
  hasRoom(bytes: number): boolean {
    return this.#passedBy(bytes) === undefined;
  }

  /** @throws LimitExceededError where so much more would be too much */
  assertRoom(bytes: number): void {
    const passed = this.#passedBy(bytes);
    if (!passed) return;
    throw new LimitExceededError(`More than ${passed.#max} bytes would be kept here (${passed.#limit})`);
  }

  /** Whose limit so much more would pass. */
  #passedBy(bytes: number): Memory | undefined {
    const held = this.#held + bytes;
    if (held > this.#max) return this;
    return held > OWN_SHARE && this.#within ? this.#within.#passedBy(bytes) : undefined;
  }

  /** So much more is kept, be it too much. */
  keep(bytes: number): void {
    if (this.#isOver) return;
    this.#within?.keep(bytes);
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

/** What one name in a table of references keeps, besides the name; a function that has come is a proxy of its own kind, and takes more. */
export const REFERENCE_BYTES = 500;
export const FUNCTION_BYTES = 672;
/** What one more name for it keeps, besides that. */
export const ALIAS_BYTES = 160;
/** What a call keeps that waits or runs, besides its message. */
export const CALL_BYTES = 1024;
/** What an item keeps that waits for its reader, besides its value. */
export const ITEM_BYTES = 128;
