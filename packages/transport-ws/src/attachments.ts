import { type Attachments, MAX_ATTACHMENTS } from '@bjsonrpc/protocol';

const LENGTHS = /^\*\d{1,10}(?:,\d{1,10})*$/;

/** The text frame that says how long each of the binary frames behind it is (section 10 of the protocol): `*3,65536`. */
export function attachmentHeader(attachments: Attachments): string {
  return `*${attachments.map(({ length }) => length).join()}`;
}

/** The binary frames that stand before a message, as they come. */
export class Incoming {
  readonly #max: number;
  #lengths: readonly number[] = [];
  #whole: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  /** Bytes that have come, of which the message has not. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a binary frame is to come next. */
  get isExpected(): boolean {
    return this.#whole.length < this.#lengths.length;
  }

  /** Whether a text is a header. @returns what is wrong with it, if anything is */
  announced(text: string): string | undefined {
    const lengths = LENGTHS.test(text) ? text.slice(1).split(',').map(Number) : [];
    if (this.#lengths.length > 0) return 'bytes stand before a message that has some already';
    if (lengths.length === 0 || lengths.length > MAX_ATTACHMENTS)
      return 'a text that begins with a star has no lengths';
    if (lengths.reduce((sum, length) => sum + length, 0) > this.#max) return this.#tooLong;
    this.#lengths = lengths;
    return undefined;
  }

  /** @returns what is wrong with it, if anything is */
  add(bytes: Uint8Array<ArrayBuffer>): string | undefined {
    const length = this.#lengths[this.#whole.length];
    if (length === undefined) return 'a binary frame that was not announced';
    if (length !== bytes.length)
      return `a binary frame of ${bytes.length} bytes, where ${length} were announced`;
    this.#whole.push(bytes);
    this.#bytes += length;
    return undefined;
  }

  /** What stood before the message that comes now, if anything did; or what is wrong with it. */
  take(messageBytes: number): Attachments | string | undefined {
    if (this.#lengths.length === 0) return undefined;
    if (this.isExpected) return 'a message before the bytes that were announced for it';
    if (messageBytes + this.#bytes > this.#max) return this.#tooLong;
    const attachments = this.#whole;
    this.#lengths = [];
    this.#whole = [];
    this.#bytes = 0;
    return attachments;
  }

  get #tooLong(): string {
    return `a message is longer than ${this.#max} bytes`;
  }
}
