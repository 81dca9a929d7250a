import { idText, type Message, ShortMessage, spelledIds } from '@bjsonrpc/protocol';

/** What all elements of a batch share. */
export interface Batch {
  readonly length: number;
  ids?: ReadonlyMap<number, string>;
}

/** A message as it came, for what its parsed form does not tell. */
export class Source {
  /** The message, or the batch that it came in. */
  readonly text: string;
  /** Why its values are not to be looked at. */
  readonly tooDeep: Error | undefined;
  readonly #element: number;
  readonly #batch: Batch | undefined;

  /** `element` is the message's place in the batch, and `batch` a record that all of its elements share. */
  constructor(text: string, tooDeep: Error | undefined, element = 0, batch?: Batch) {
    this.text = text;
    this.tooDeep = tooDeep;
    this.#element = element;
    this.#batch = batch;
  }

  /** About how long the message is. */
  get length(): number {
    return this.#batch ? this.text.length / this.#batch.length : this.text.length;
  }

  /** The message's id as JSON text; undefined where it has none. @throws InvalidRequestError for what can be none */
  idOf(message: Message, maxLength: number): string | undefined {
    if (message.id === undefined || message.id === null) return undefined;
    if (message instanceof ShortMessage && message.idText !== undefined) return message.idText;
    return idText(message.id, maxLength, () => this.#spelledId(message));
  }

  /** How the message's id was spelled, if it is a number. */
  #spelledId(message: Message): string | undefined {
    if (this.#batch) {
      this.#batch.ids ??= spelledIds(this.text, true);
      return this.#batch.ids.get(this.#element);
    }
    const digits = `${message.id}`;
    // 1.0 and 1e2 are integers once parsed. Ids mostly stand last, so that a look tells how they are spelled.
    if (this.text.endsWith(`"id":${digits}}`)) return digits;
    return spelledIds(this.text, false).get(0);
  }
}
