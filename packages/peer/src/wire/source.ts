import { idText, type Message, MessageText, shortIdText } from '@bjsonrpc/protocol';

/** The batch that a message came in. */
export interface Batch {
  /** Its text, looked through once for all of its elements. */
  readonly text: MessageText;
  readonly length: number;
}

/** A message as it came, for what its parsed form does not tell. */
export class Source {
  /** The message, or the batch that it came in. Most messages need no second look. */
  readonly #text: string;
  readonly #batch: Batch | undefined;
  readonly #element: number;
  #looked: MessageText | undefined;
  /** Why its values are not to be looked at. */
  readonly refusal: Error | undefined;

  /** `element` is the message's place in the batch. */
  constructor(text: string, refusal: Error | undefined, batch?: Batch, element = 0) {
    this.#text = text;
    this.refusal = refusal;
    this.#batch = batch;
    this.#element = element;
  }

  /** About how long the message is. */
  get length(): number {
    return this.#batch ? this.#text.length / this.#batch.length : this.#text.length;
  }

  /** Whether any of its values may be a hint. */
  get mayHoldHints(): boolean {
    return this.#look().mayHoldHints;
  }

  /** Whether any of its arguments may name the result of an earlier request (section 9). */
  get mayNameResults(): boolean {
    return this.#look().mayNameResults;
  }

  /** The message's id as JSON text; undefined where it has none. @throws InvalidRequestError for what can be none */
  idOf(message: Message, maxLength: number): string | undefined {
    const { id } = message;
    if (id === undefined || id === null) return undefined;
    return (
      shortIdText(message) ?? idText(id, maxLength, () => this.#look().spelledId(id as number, this.#element))
    );
  }

  #look(): MessageText {
    return (this.#looked ??= this.#batch?.text ?? new MessageText(this.#text, false));
  }
}
