import { Buffer } from 'node:buffer';
import { FramingError, joined, LineTail } from '@bjsonrpc/protocol';
import { decodeUtf8 } from './decode-utf8.js';
import { foreignProtocol } from './foreign-protocol.js';
import type { FrameDecoder, Framing } from './framing.js';
import { HeaderReader } from './header-reader.js';
import { Queue } from './queue.js';

/**
 * `Content-Length: 38`, an empty line, and so many bytes of a message: the framing of language servers. What stands
 * between two messages is never ignored, so there is no blank.
 */
export const contentLength: Framing = {
  decoder: (maxMessageBytes) => new ContentLengthDecoder(maxMessageBytes),
  frame: (message) => `Content-Length: ${Buffer.byteLength(message, 'utf8')}\r\n\r\n${message}`,
};

const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/** A message that has come whole: its bytes, in one or in pieces, and how many they are with the headers. */
interface Frame {
  readonly body: Uint8Array | readonly Uint8Array[];
  readonly bytes: number;
}

/**
 * - What cannot be a header is a fault at once, wherever the rest is; so is a length over the limit.
 * - A message may be any text, even none: what is no JSON is for whoever reads messages to answer.
 * - What precedes a fault is given first; nothing after it ever is.
 */
class ContentLengthDecoder implements FrameDecoder {
  readonly #header: HeaderReader;
  /** How long the message is that is coming; undefined while its headers are. */
  #length: number | undefined;
  /** Of a message that did not come in one. */
  #tail: LineTail | undefined;
  readonly #frames = new Queue<Frame>();
  #pendingBytes = 0;
  #isBegun = false;
  #fault: FramingError | undefined;
  #error: FramingError | undefined;

  constructor(maxMessageBytes: number) {
    this.#header = new HeaderReader(maxMessageBytes);
  }

  get error(): FramingError | undefined {
    return this.#error;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get unfinishedBytes(): number {
    return this.#header.bytes + (this.#tail?.bytes ?? 0);
  }

  push(chunk: Uint8Array): void {
    if (this.#fault !== undefined || chunk.length === 0) return;
    try {
      for (let at = 0; at < chunk.length; ) at = this.#read(chunk, at);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#break(this.#isBegun ? error : explained(error, chunk));
    }
    this.#isBegun = true;
  }

  next(): string | undefined {
    const frame = this.#frames.shift();
    if (frame === undefined) {
      this.#error = this.#fault;
      return undefined;
    }
    this.#pendingBytes -= frame.bytes;
    const text = decodeUtf8(ArrayBuffer.isView(frame.body) ? frame.body : joined(frame.body));
    if (text !== undefined) return text;
    this.#frames.clear();
    this.#pendingBytes = 0;
    this.#break(new FramingError('encoding', 'A message is not valid UTF-8'));
    this.#error = this.#fault;
    return undefined;
  }

  /** Read on, headers or a message; returns how far. */
  #read(chunk: Uint8Array, start: number): number {
    let at = start;
    if (this.#length === undefined) {
      const before = this.#header.bytes;
      const length = this.#header.read(chunk, at);
      if (length === undefined) return chunk.length;
      this.#length = length;
      at += this.#header.bytes - before;
    }
    const missing = this.#length - (this.#tail?.bytes ?? 0);
    const end = Math.min(chunk.length, at + missing);
    const piece = chunk.subarray(at, end);
    const isWhole = piece.length === missing;
    if (isWhole && this.#tail === undefined) this.#endMessage(piece);
    else if (piece.length > 0) {
      this.#tail ??= new LineTail(this.#length);
      this.#tail.add(piece);
      if (isWhole) this.#endMessage(this.#tail.take());
    }
    return end;
  }

  #endMessage(body: Frame['body']): void {
    const bytes = this.#header.bytes + (this.#length ?? 0);
    this.#frames.push({ body, bytes });
    this.#pendingBytes += bytes;
    this.#header.reset();
    this.#length = undefined;
    this.#tail = undefined;
  }

  #break(fault: FramingError): void {
    this.#fault = fault;
    this.#header.clear();
    this.#length = undefined;
    this.#tail = undefined;
  }
}

/** Where the first bytes show plainly what the other side speaks, the error says so. */
function explained(error: FramingError, start: Uint8Array): FramingError {
  const foreign = foreignProtocol(start);
  if (foreign !== undefined)
    return new FramingError(error.fault, `The other side speaks ${foreign}, not this protocol`);
  if (start[0] !== OPEN_BRACE && start[0] !== OPEN_BRACKET) return error;
  return new FramingError(
    error.fault,
    "The other side writes a message a line, without a Content-Length: it needs framing 'lines'",
  );
}
