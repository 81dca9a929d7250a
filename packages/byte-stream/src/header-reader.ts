import { Buffer } from 'node:buffer';
import { FramingError, joined, LineTail } from '@bjsonrpc/protocol';
import { checkCharset, lengthOf } from './header-fields.js';
import { plainHeader } from './plain-header.js';

/** The longest block of headers before one message, in bytes. Those in use have some twenty, or eighty. */
export const MAX_HEADER_BYTES: number = 8192;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;

/** Where in a line the reader is. */
type Place = 'start' | 'margin' | 'name' | 'gap' | 'value' | 'end';

/** What the name of a header may consist of. */
const IS_NAME: readonly boolean[] = Array.from({ length: 256 }, (_, byte) =>
  /[\w!#$%&'*+.^`|~-]/.test(String.fromCharCode(byte)),
);

/**
 * Reads the headers of one message after the other: lines of `Name: value`, an empty one behind the last. A line ends in
 * CRLF; LF alone is taken as well. What cannot become such a line is a fault as soon as the byte is there that says so,
 * and a value as soon as its line has ended.
 */
export class HeaderReader {
  readonly #maxMessageBytes: number;
  #place: Place = 'start';
  /** Of this line, in chunks that came before. */
  readonly #tail = new LineTail(MAX_HEADER_BYTES);
  #bytes = 0;
  #length: number | undefined;

  /** `maxMessageBytes`: a message that is to be longer is a fault. */
  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** How long the block is, as far as it has come. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Read on, from `start` to the end of the block or of the chunk.
   *
   * @returns how long the message is, in bytes; undefined: the block has not ended
   * @throws FramingError
   */
  read(chunk: Uint8Array, start: number): number | undefined {
    const plain = this.#bytes === 0 ? plainHeader(chunk, start) : undefined;
    if (plain !== undefined && plain.length <= this.#maxMessageBytes) {
      this.#bytes = plain.end - start;
      return plain.length;
    }
    let lineStart = start;
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte !== LF) {
        if (this.#place !== 'value') this.#place = nextPlace(this.#place, byte);
        continue;
      }
      const isEmpty = this.#place === 'start' || this.#place === 'end';
      if (!isEmpty && this.#place !== 'value') throw noHeader();
      this.#place = 'start';
      this.#count(at + 1 - lineStart);
      if (isEmpty) return this.#endBlock();
      this.#endLine(chunk.subarray(lineStart, at));
      lineStart = at + 1;
    }
    const rest = chunk.subarray(lineStart);
    this.#count(rest.length);
    this.#tail.add(rest);
    return undefined;
  }

  /** The message has come: what follows is the next block. */
  reset(): void {
    this.#bytes = 0;
    this.#length = undefined;
  }

  /** Keep nothing. */
  clear(): void {
    this.reset();
    this.#tail.take();
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > MAX_HEADER_BYTES)
      throw new FramingError('header', `The headers of a message are longer than ${MAX_HEADER_BYTES} bytes`);
  }

  #endLine(end: Uint8Array): void {
    let bytes = end;
    if (this.#tail.bytes > 0) {
      this.#tail.add(end);
      bytes = joined(this.#tail.take());
    }
    const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'content-type') checkCharset(value);
    if (name !== 'content-length') return;
    const length = lengthOf(value, this.#maxMessageBytes);
    if (this.#length !== undefined && this.#length !== length)
      throw new FramingError(
        'header',
        `A message has two lengths: Content-Length is ${this.#length} and ${length}`,
      );
    this.#length = length;
  }

  #endBlock(): number {
    // An empty line may have come in two.
    if (this.#tail.bytes > 0) this.#tail.take();
    if (this.#length === undefined)
      throw new FramingError('header', 'A message has no Content-Length before it');
    return this.#length;
  }
}

/** @throws FramingError for what is no part of a header */
function nextPlace(place: Place, byte: number): Place {
  const isBlank = byte === SPACE || byte === TAB;
  if (IS_NAME[byte] && (place === 'start' || place === 'margin' || place === 'name')) return 'name';
  if (byte === COLON && (place === 'name' || place === 'gap')) return 'value';
  if (isBlank && (place === 'name' || place === 'gap')) return 'gap';
  if (isBlank && (place === 'start' || place === 'margin')) return 'margin';
  if (byte === CR && place === 'start') return 'end';
  throw noHeader();
}

function noHeader(): FramingError {
  return new FramingError(
    'header',
    'A line before a message is no header with a colon: the other side does not write Content-Length before its messages',
  );
}
