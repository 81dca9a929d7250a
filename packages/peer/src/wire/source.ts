import { idText, type Message, type MessageText, shortIdText } from '@bjsonrpc/protocol';

/** A message as it came, for what its parsed form does not tell. */
export class Source {
  /** The message, or the batch that it came in. */
  readonly #text: MessageText;
  readonly #element: number;
  readonly #elements: number;
  /** Why its values are not to be looked at. */
  readonly refusal: Error | undefined;

  /** `element` is the message's place in a batch of so many `elements`. */
  constructor(text: MessageText, refusal: Error | undefined, element = 0, elements = 1) {
    this.#text = text;
    this.refusal = refusal;
    this.#element = element;
    this.#elements = elements;
  }

  /** About how long the message is. */
  get length(): number {
    return this.#text.text.length / this.#elements;
  }

  /** Whether any of its values may be a hint. */
  get mayHoldHints(): boolean {
    return this.#text.mayHoldHints;
  }

  /** Whether any of its arguments may name the result of an earlier request (section 9). */
  get mayNameResults(): boolean {
    return this.#text.mayNameResults;
  }

  /** The message's id as JSON text; undefined where it has none. @throws InvalidRequestError for what can be none */
  idOf(message: Message, maxLength: number): string | undefined {
    const { id } = message;
    if (id === undefined || id === null) return undefined;
    return (
      shortIdText(message) ?? idText(id, maxLength, () => this.#text.spelledId(id as number, this.#element))
    );
  }
}
