import { mayHoldHints } from './hints.js';
import { spelledIds } from './spelled-ids.js';

/**
 * The text of a message, or of a batch, for what the parsed form does not tell. Each thing is looked up at most once, however many
 * messages are in it: they share this.
 */
export class MessageText {
  readonly text: string;
  readonly #isBatch: boolean;
  #mayHoldHints: boolean | undefined;
  #mayNameResults: boolean | undefined;
  #spelledIds: ReadonlyMap<number, string> | undefined;

  constructor(text: string, isBatch: boolean) {
    this.text = text;
    this.#isBatch = isBatch;
  }

  /** Whether any value in it may be a hint: else none needs a walk. */
  get mayHoldHints(): boolean {
    return (this.#mayHoldHints ??= mayHoldHints(this.text));
  }

  /** Whether any argument may name the result of an earlier request (section 9). */
  get mayNameResults(): boolean {
    return (this.#mayNameResults ??= this.text.includes('"#'));
  }

  /** How a message's `id`, which is a number, was spelled; `element` is its place in the batch. */
  spelledId(id: number, element: number): string | undefined {
    // 1.0 and 1e2 are integers once parsed. Ids mostly stand last, so that a look tells how they are spelled.
    if (!this.#isBatch && (this.text.endsWith(`"id":${id}}`) || this.#beginsWith(id))) return `${id}`;
    this.#spelledIds ??= spelledIds(this.text, this.#isBatch);
    return this.#spelledIds.get(element);
  }

  /** Those who write JSON-RPC 2.0 often put it first. */
  #beginsWith(id: number): boolean {
    const [, digits] = ID_FIRST.exec(this.text) ?? [];
    return digits === `${id}`;
  }
}

/** Digits alone: what JSON.parse has made of a message says whether another `id` came later. */
const ID_FIRST = /^\{(?:"jsonrpc": ?"2\.0", ?)?"id": ?(\d{1,15})[,}]/;
