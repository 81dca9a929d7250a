import {
  type BatchAnswer,
  type Dialect,
  InvalidRequestError,
  idText,
  type Message,
  MessageText,
  shortIdText,
} from '@bjsonrpc/protocol';

/** The batch that a message came in. */
export interface Batch {
  /** Its text, looked through once for all of its elements. */
  readonly text: MessageText;
  readonly length: number;
  /** What is spoken in all of it. */
  readonly dialect: Dialect;
  /** Where the answers go, if they are one message. */
  readonly answer: BatchAnswer | undefined;
}

/** A message as it came, for what its parsed form does not tell. */
export class Source {
  /** The message, or the batch that it came in. Most messages need no second look. */
  readonly #text: string;
  /** What is spoken in it. */
  readonly dialect: Dialect;
  /** Why its values are not to be looked at. */
  readonly refusal: Error | undefined;
  readonly #batch: Batch | undefined;
  readonly #element: number;
  /** Of what came beside it. */
  readonly #attachedBytes: number;
  #looked: MessageText | undefined;

  /** `place` is where in a batch it stood, or how many bytes came beside it. */
  constructor(
    text: string,
    dialect: Dialect,
    refusal: Error | undefined,
    place?: { readonly batch?: Batch; readonly element?: number; readonly attachedBytes?: number },
  ) {
    this.#text = text;
    this.dialect = dialect;
    this.refusal = refusal;
    this.#batch = place?.batch;
    this.#element = place?.element ?? 0;
    this.#attachedBytes = place?.attachedBytes ?? 0;
  }

  /** About how long the message is. */
  get length(): number {
    return this.#batch ? this.#text.length / this.#batch.length : this.#text.length + this.#attachedBytes;
  }

  /** Whether no other message came with it. */
  get isAlone(): boolean {
    return this.#batch === undefined || this.#batch.length === 1;
  }

  /** What its answer goes into, if that is not a message of its own. */
  get batch(): BatchAnswer | undefined {
    return this.#batch?.answer;
  }

  /** Whether any of its values may be a hint. */
  get mayHoldHints(): boolean {
    return this.#look().mayHoldHints;
  }

  /** Whether any of its arguments may name the result of an earlier request (section 9). */
  get mayNameResults(): boolean {
    return this.#look().mayNameResults;
  }

  /** The message's id as JSON text; undefined where it wants no answer. @throws InvalidRequestError for what can be none */
  idOf(message: Message, maxLength: number): string | undefined {
    const { id } = message;
    const { version, nullId } = this.dialect;
    if (id === undefined) return undefined;
    if (id === null) return nullId === 'request' ? 'null' : undefined;
    if (typeof id === 'boolean' && version === 2)
      throw new InvalidRequestError('An id must be a string, a number or null');
    return (
      shortIdText(message) ?? idText(id, maxLength, () => this.#look().spelledId(id as number, this.#element))
    );
  }

  /** The message itself, for how a number in it was written; undefined in a batch, which would be looked through many times. */
  get text(): string | undefined {
    return this.#batch ? undefined : this.#text;
  }

  #look(): MessageText {
    return (this.#looked ??= this.#batch?.text ?? new MessageText(this.#text, false));
  }
}
