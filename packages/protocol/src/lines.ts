/**
 * Bytes in, whole text lines out: the framing of TCP and stdio (protocol section 1).
 *
 * - LF ends a line; a CR before it and blanks before the message are dropped; empty and all-blank lines are ignored.
 * - A raw LF cannot occur inside JSON text, so quotes are never looked at.
 * - The first byte that is not blank must be `{` or `[`. Anything else is not our protocol (the request line of HTTP,
 *   a TLS hello, a byte order mark) and is fatal as soon as that byte is there, whether or not the line has ended; or, where
 *   strays are expected, is handed over as a line.
 * - Too long a line (even an unfinished one) and invalid UTF-8 are fatal too.
 * - What precedes a fault is delivered first; nothing after a fault ever is. What the end of the stream cuts off is
 *   dropped by not asking for it.
 */

import { joined, LineTail } from './line-tail.js';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/** One or more whole lines; or a single one in pieces. */
type Region = Uint8Array | readonly Uint8Array[];

/** The other side does not speak our framing; the connection cannot go on. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
  /** For the close of a Duplex. */
  readonly isFault = true;
  /**
   * `start`: a line begins with neither `{` nor `[`. `header`: what stands before a message does not say how long it is.
   * `length`: a message over the limit. `encoding`: it is not UTF-8.
   */
  readonly fault: 'start' | 'header' | 'length' | 'encoding';

  constructor(fault: FramingError['fault'], message: string) {
    super(message);
    this.fault = fault;
  }
}

export interface LineDecoderOptions {
  /** The longest line, in bytes, its LF not counted. Default: 16 MiB. */
  readonly maxMessageBytes?: number;
  /**
   * UTF-8 bytes to text, keeping a byte order mark; undefined if the bytes are not UTF-8. They are lent: their memory
   * is used again. Default: the platform's TextDecoder. A transport may know something faster.
   */
  readonly decode?: (bytes: Uint8Array) => string | undefined;
  /**
   * Gets each line that begins with neither `{` nor `[`, and says whether that is all right: if not, it is fatal. Default: it is
   * not.
   */
  readonly onStray?: (line: string) => boolean;
}

/**
 * Give it chunks with {@link push} and take lines with {@link next} until there are none, all at once or a few at a
 * time. Chunks belong to the decoder from then on: it decodes only when asked.
 */
export class LineDecoder {
  readonly #max: number;
  readonly #decode: (bytes: Uint8Array) => string | undefined;
  readonly #onStray: ((line: string) => boolean) | undefined;

  /** Bytes that end in LF, holding one or more whole lines each, not yet decoded. */
  #regions: Region[] = [];
  /** The region being taken, decoded (it ends in LF, or is empty), and how far. */
  #text = '';
  #at = 0;
  #textBytes = 0;
  #waiting = 0;

  /** The line that has not ended. */
  readonly #tail: LineTail;
  #tailHasStarted = false;

  /** A fault behind the lines that wait; it becomes the error when they are taken. */
  #fault: FramingError | undefined;
  #error: FramingError | undefined;

  constructor(options: LineDecoderOptions = {}) {
    this.#max = options.maxMessageBytes ?? 16 * 1024 * 1024;
    this.#tail = new LineTail(this.#max + 1);
    this.#decode = options.decode ?? decodeUtf8;
    this.#onStray = options.onStray;
  }

  /** Why there will be no more lines; set once `next` has given all that came before the fault. */
  get error(): FramingError | undefined {
    return this.#error;
  }

  /** Bytes of whole lines not yet taken. */
  get pendingBytes(): number {
    return this.#waiting + this.#textBytes;
  }

  /** Bytes of the line that has not ended. */
  get unfinishedBytes(): number {
    return this.#tail.bytes;
  }

  push(chunk: Uint8Array): void {
    if (this.#fault !== undefined || chunk.length === 0) return;
    // Chunks mostly end with a line: a look at the last byte saves the search.
    const end = chunk[chunk.length - 1] === LF ? chunk.length : chunk.lastIndexOf(LF) + 1;
    if (end === 0) {
      this.#extendTail(chunk);
      return;
    }
    let start = 0;
    if (this.#tail.bytes > 0) {
      start = chunk.indexOf(LF) + 1;
      this.#extendTail(chunk.subarray(0, start));
      if (this.#fault !== undefined) return;
      this.#endTail();
    }
    if (start < end)
      this.#addRegion(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
    if (end < chunk.length) this.#extendTail(chunk.subarray(end));
  }

  /** The next line, or undefined: no whole line is left, or the framing broke and `error` says how. */
  next(): string | undefined {
    for (;;) {
      const text = this.#text;
      while (this.#at < text.length) {
        let start = this.#at;
        const end = text.indexOf('\n', start);
        this.#at = end + 1;
        let code = text.charCodeAt(start);
        while (code === SPACE || code === TAB || code === CR) code = text.charCodeAt(++start);
        if (isStart(code)) {
          return text.slice(start, text.charCodeAt(end - 1) === CR ? end - 1 : end);
        }
        if (code !== LF && !this.#onStray?.(text.slice(start, end).trimEnd())) return this.#fail(badStart());
      }
      const region = this.#regions.shift();
      if (region === undefined) {
        this.#clearText();
        this.#error = this.#fault;
        return undefined;
      }
      this.#openRegion(region);
    }
  }

  #addRegion(region: Uint8Array): void {
    this.#regions.push(region);
    this.#waiting += region.length;
  }

  /** Decode a region as one string. If a line of it is bad, take it apart, so that the lines before it get through. */
  #openRegion(region: Region): void {
    this.#clearText();
    const bytes = ArrayBuffer.isView(region) ? region : joined(region); // of whatever realm
    const text = bytes.length - 1 > this.#max ? undefined : this.#decode(bytes);
    if (text !== undefined) {
      this.#waiting -= bytes.length;
      this.#text = text;
      this.#textBytes = bytes.length;
    } else if (bytes.indexOf(LF) < bytes.length - 1) {
      this.#regions = [...eachLine(bytes), ...this.#regions];
    } else {
      const start = firstOf(bytes);
      if (start !== undefined && !isStart(start)) {
        this.#waiting -= bytes.length;
        if (!this.#onStray?.(new TextDecoder().decode(bytes).trim())) this.#fail(badStart());
      } else this.#fail(bytes.length - 1 > this.#max ? this.#tooLong() : badEncoding());
    }
  }

  #extendTail(bytes: Uint8Array): void {
    const length = this.#tail.bytes + bytes.length;
    const isEnded = bytes[bytes.length - 1] === LF;
    const start = this.#tailHasStarted ? undefined : firstOf(bytes);
    if (start !== undefined) {
      this.#tailHasStarted = true;
      if (!isStart(start) && this.#onStray === undefined) {
        this.#breakAfterPending(badStart());
        return;
      }
    }
    if (length > (isEnded ? this.#max + 1 : this.#max)) {
      this.#breakAfterPending(this.#tooLong());
      return;
    }
    this.#tail.add(bytes);
  }

  /** The line is whole. */
  #endTail(): void {
    this.#waiting += this.#tail.bytes;
    this.#regions.push(this.#tail.take());
    this.#tailHasStarted = false;
  }

  #breakAfterPending(fault: FramingError): void {
    this.#fault = fault;
    this.#tail.take();
  }

  #fail(fault: FramingError): undefined {
    this.#breakAfterPending(fault);
    this.#error = fault;
    this.#regions = [];
    this.#waiting = 0;
    this.#clearText();
    return undefined;
  }

  #clearText(): void {
    this.#text = '';
    this.#at = 0;
    this.#textBytes = 0;
  }

  #tooLong(): FramingError {
    return new FramingError('length', `A message is longer than ${this.#max} bytes`);
  }
}

/** The first byte that is not blank. */
function firstOf(bytes: Uint8Array): number | undefined {
  return bytes.find((byte) => byte !== SPACE && byte !== TAB && byte !== CR && byte !== LF);
}

function isStart(code: number): boolean {
  return code === OPEN_BRACE || code === OPEN_BRACKET;
}

function badStart(): FramingError {
  return new FramingError(
    'start',
    'A line begins with neither { nor [: the other side does not speak this protocol',
  );
}

function badEncoding(): FramingError {
  return new FramingError('encoding', 'A message is not valid UTF-8');
}

/** Of a region that came in one: pieces are joined for a single line. */
function* eachLine(region: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < region.length; ) {
    const end = region.indexOf(LF, start) + 1;
    yield region.subarray(start, end);
    start = end;
  }
}

let decoder: TextDecoder | undefined;

function decodeUtf8(bytes: Uint8Array): string | undefined {
  decoder ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
