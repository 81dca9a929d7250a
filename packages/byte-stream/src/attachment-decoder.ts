import { Buffer } from 'node:buffer';
import {
  type Attachments,
  attachmentLengths,
  FramingError,
  LineTail,
  MAX_ATTACHMENTS,
} from '@bjsonrpc/protocol';
import type { FrameDecoder } from './framing.js';
import { Queue } from './queue.js';

const LF = 0x0a;
/** With this byte begins what stands before a message: no message begins so. */
const STAR = 0x2a;
/** The longest header, without its star and line feed: so many lengths of ten digits. */
const MAX_HEADER_BYTES = MAX_ATTACHMENTS * 11;

/** What has come, in order: lines, or bytes that belong to the line after them. */
type Piece = { readonly lines: Uint8Array } | { readonly attachments: Attachments; readonly bytes: number };

/**
 * Lines, before which bytes may stand: `*65536,3`, a line feed, so many bytes, and the message to which they belong. What is no such
 * bytes goes to the decoder of lines, mostly at once.
 *
 *     lines --*--> header --LF--> bytes --the last--> lines
 */
export class AttachmentDecoder implements FrameDecoder {
  readonly #lines: FrameDecoder;
  readonly #max: number;
  readonly #isAmongStrays: boolean;
  /** Whether the next byte begins a line. */
  #isAtStart = true;
  /** The header that has not ended; undefined outside of one. */
  #header: string | undefined;
  /** Lengths of what is to come, and what has come whole; empty outside of it. */
  #lengths: readonly number[] = [];
  #whole: Uint8Array<ArrayBuffer>[] = [];
  #wholeBytes = 0;
  #tail: LineTail;
  /** Behind bytes: the decoder of lines gets it when it is through with what is before them. */
  readonly #behind = new Queue<Piece>();
  #behindBytes = 0;
  /** For the message that comes next. */
  #due: { readonly attachments: Attachments; readonly bytes: number } | undefined;
  #fault: FramingError | undefined;
  #isBroken = false;
  attachments: Attachments | undefined;

  constructor(
    lines: FrameDecoder,
    {
      maxMessageBytes,
      isAmongStrays = false,
    }: {
      readonly maxMessageBytes: number;
      /** Whether there may be lines that are no messages, in which a star may be anything. Default: false. */
      readonly isAmongStrays?: boolean;
    },
  ) {
    this.#lines = lines;
    this.#max = maxMessageBytes;
    this.#isAmongStrays = isAmongStrays;
    this.#tail = new LineTail(maxMessageBytes);
  }

  get error(): Error | undefined {
    return this.#lines.error ?? (this.#isBroken ? this.#fault : undefined);
  }

  get pendingBytes(): number {
    return this.#lines.pendingBytes + this.#behindBytes;
  }

  get unfinishedBytes(): number {
    const unbound = (this.#due?.bytes ?? 0) + this.#wholeBytes + this.#tail.bytes;
    return this.#lines.unfinishedBytes + unbound + (this.#header?.length ?? 0) + (this.#isWithin ? 1 : 0);
  }

  /** Whether bytes are to come. */
  get #isWithin(): boolean {
    return this.#lengths.length > 0;
  }

  push(chunk: Uint8Array): void {
    if (this.#fault !== undefined || chunk.length === 0) return;
    // Few messages have a star in them at all.
    const isInLines = this.#header === undefined && !this.#isWithin;
    if (isInLines && chunk.indexOf(STAR) === -1) return this.#addLines(chunk);
    let at = 0;
    while (at < chunk.length && this.#fault === undefined) {
      if (this.#isWithin) at = this.#readBytes(chunk, at);
      else if (this.#header !== undefined) at = this.#readHeader(chunk, at);
      else at = this.#readLines(chunk, at);
    }
  }

  next(): string | undefined {
    this.attachments = undefined;
    while (!this.#isBroken) {
      const message = this.#lines.next();
      if (message !== undefined) return this.#withDue(message);
      if (this.#lines.error !== undefined) return undefined;
      const piece = this.#behind.shift();
      if (piece === undefined) {
        this.#isBroken = this.#fault !== undefined;
        return undefined;
      }
      if ('lines' in piece) {
        this.#behindBytes -= piece.lines.length;
        this.#lines.push(piece.lines);
      } else {
        this.#behindBytes -= piece.bytes;
        if (this.#due !== undefined) return this.#break('bytes stand before a message that has some already');
        this.#due = piece;
      }
    }
    return undefined;
  }

  #withDue(message: string): string | undefined {
    if (this.#due === undefined) return message;
    const { attachments, bytes } = this.#due;
    this.#due = undefined;
    if (Buffer.byteLength(message) + bytes > this.#max) return this.#break(undefined);
    this.attachments = attachments;
    return message;
  }

  /** Up to where bytes begin. Returns where to go on. */
  #readLines(chunk: Uint8Array, from: number): number {
    let star = this.#isAtStart && chunk[from] === STAR ? from : chunk.indexOf(STAR, from + 1);
    while (star > from && chunk[star - 1] !== LF) star = chunk.indexOf(STAR, star + 1);
    const end = star === -1 ? chunk.length : star;
    if (end > from) this.#addLines(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end));
    if (star === -1) return end;
    this.#header = '';
    return star + 1;
  }

  #addLines(lines: Uint8Array): void {
    this.#isAtStart = lines[lines.length - 1] === LF;
    if (this.#behind.length === 0) return this.#lines.push(lines);
    this.#behind.push({ lines });
    this.#behindBytes += lines.length;
  }

  #readHeader(chunk: Uint8Array, from: number): number {
    const found = chunk.indexOf(LF, from);
    const end = found === -1 ? chunk.length : found;
    const header = this.#header as string;
    if (header.length + end - from > MAX_HEADER_BYTES) {
      this.#refuseHeader(header, new FramingError('header', 'Lengths of bytes before a message do not end'));
      return from;
    }
    this.#header = header + String.fromCharCode(...chunk.subarray(from, end));
    if (found === -1) return end;
    this.#beginBytes(this.#header);
    return end + 1;
  }

  #beginBytes(header: string): void {
    this.#header = undefined;
    const lengths = attachmentLengths(header);
    if (lengths === undefined) return this.#refuseHeader(`${header}\n`, notLengths(header));
    if (lengths.reduce((sum, length) => sum + length, 0) > this.#max) return this.#fail(this.#tooLong());
    this.#lengths = lengths;
    this.#endWhole();
  }

  /** What looks like a header and is none: a fault, or a stray line. */
  #refuseHeader(header: string, fault: FramingError): void {
    if (!this.#isAmongStrays) return this.#fail(fault);
    this.#header = undefined;
    this.#addLines(Buffer.from(`*${header}`, 'latin1'));
  }

  #readBytes(chunk: Uint8Array, from: number): number {
    const length = this.#lengths[this.#whole.length] as number;
    const end = Math.min(chunk.length, from + length - this.#tail.bytes);
    this.#tail.add(chunk.subarray(from, end));
    this.#endWhole();
    return end;
  }

  /** What is whole is put away, and so are those that have no bytes. */
  #endWhole(): void {
    while (this.#isWithin && this.#tail.bytes === this.#lengths[this.#whole.length]) {
      this.#wholeBytes += this.#tail.bytes;
      this.#whole.push(ownBytes(this.#tail.take()));
      if (this.#whole.length === this.#lengths.length) this.#endAll();
    }
  }

  #endAll(): void {
    const attachments = this.#whole;
    const bytes = this.#wholeBytes;
    this.#forgetBytes();
    this.#isAtStart = true;
    this.#behind.push({ attachments, bytes });
    this.#behindBytes += bytes;
  }

  #fail(fault: FramingError): void {
    this.#fault = fault;
    this.#header = undefined;
    this.#forgetBytes();
    this.#tail.take();
  }

  #forgetBytes(): void {
    this.#lengths = [];
    this.#whole = [];
    this.#wholeBytes = 0;
  }

  /** A fault that shows when it is the message's turn. `why` undefined: it is too long. */
  #break(why: string | undefined): undefined {
    this.#fail(
      why === undefined ? this.#tooLong() : new FramingError('header', `Bytes without a message: ${why}`),
    );
    this.#isBroken = true;
    this.#behind.clear();
    this.#behindBytes = 0;
    this.#due = undefined;
  }

  #tooLong(): FramingError {
    return new FramingError('length', `A message with what is beside it is longer than ${this.#max} bytes`);
  }
}

function notLengths(header: string): FramingError {
  return new FramingError(
    'start',
    `A line begins with neither { nor [, nor is it lengths of bytes: the other side does not speak this protocol (*${header.slice(0, 20)})`,
  );
}

/** In a buffer of their own: what they came in may be larger, and others may hold it. */
function ownBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (pieces.length === 0 || first === undefined) return new Uint8Array(0);
  const isWhole = pieces.length === 1 && first.length === first.buffer.byteLength;
  if (isWhole && first.buffer instanceof ArrayBuffer) return new Uint8Array(first.buffer);
  let length = 0;
  for (const piece of pieces) length += piece.length;
  // Not zeroed: all of it is written.
  const { buffer } = Buffer.allocUnsafeSlow(length);
  const own = new Uint8Array(buffer);
  let at = 0;
  for (const piece of pieces) {
    own.set(piece, at);
    at += piece.length;
  }
  return own;
}
