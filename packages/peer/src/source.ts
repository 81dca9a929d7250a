import { type Message, spelledIds } from '@bjsonrpc/protocol';

/** A message as it came, for what its parsed form does not tell. */
export class Source {
  /** The message, or the batch that it came in. */
  readonly text: string;
  readonly #element: number;
  readonly #batch: { ids?: ReadonlyMap<number, string> } | undefined;

  /** `element` is the message's place in the batch, and `batch` a record that all of its elements share. */
  constructor(text: string, element = 0, batch?: { ids?: ReadonlyMap<number, string> }) {
    this.text = text;
    this.#element = element;
    this.#batch = batch;
  }

  /** How the message's id was spelled, if it is a number. */
  spelledId(message: Message): string | undefined {
    if (!this.#batch) {
      const digits = `${message.id}`;
      // 1.0 and 1e2 are integers once parsed. Ids mostly stand last, so that a look tells how they are spelled.
      if (this.text.endsWith(`"id":${digits}}`)) return digits;
      return spelledIds(this.text, false).get(0);
    }
    this.#batch.ids ??= spelledIds(this.text, true);
    return this.#batch.ids.get(this.#element);
  }
}
