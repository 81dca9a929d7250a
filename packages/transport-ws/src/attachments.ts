import { type Attachments, attachmentLengths } from '@bjsonrpc/protocol';

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

  /** Whether bytes were announced, or have come, whose message has not. */
  get isUnderWay(): boolean {
    return this.#lengths.length > 0;
  }

  /** Whether a binary frame is to come next. */
  get isExpected(): boolean {
    return this.#whole.length < this.#lengths.length;
  }

  /** Whether a text is a header. @returns what is wrong with it, if anything is */
  announced(text: string): string | undefined {
    const lengths = attachmentLengths(text.slice(1));
    if (this.#lengths.length > 0) return 'bytes stand before a message that has some already';
    if (lengths === undefined) return 'a text that begins with a star has no lengths';
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
