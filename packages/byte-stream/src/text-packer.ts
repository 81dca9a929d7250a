import { Buffer } from 'node:buffer';
import type { Writable } from 'node:stream';
import { type Attachments, attachmentHeader } from '@bjsonrpc/protocol';
import type { Framing } from './framing.js';
import { type OnWritten, type Packer, PIECE_BYTES } from './packer.js';
import { Queue } from './queue.js';

/** Characters that have no more bytes than a piece, whatever they are. */
const PIECE_CHARACTERS = Math.floor(PIECE_BYTES / 3);
/** Up to here a text goes in one piece: a little that is left over is not worth a write. */
const WHOLE_CHARACTERS = PIECE_BYTES + PIECE_BYTES / 4;

/** What goes in one write; `bytes` long. */
interface Piece {
  readonly data: string | Uint8Array;
  readonly encoding: 'latin1' | 'utf8';
  readonly bytes: number;
}

/**
 * Messages as texts of a piece or more, which go in pieces of whole characters; and the bytes that stand before some, as they are.
 */
export class TextPacker implements Packer {
  readonly #stream: Writable;
  readonly #framing: Framing;
  /** What is left of the oldest part. */
  #rest: string | Uint8Array = '';
  /** What comes after it. Texts joined would be copied time and again, and soon be longer than a string can be. */
  readonly #parts = new Queue<string | Uint8Array>();
  #partsLength = 0;
  /** The messages that came last. */
  #text = '';

  constructor(stream: Writable, framing: Framing) {
    this.#stream = stream;
    this.#framing = framing;
  }

  get isEmpty(): boolean {
    return this.#text === '' && this.#rest.length === 0 && this.#parts.length === 0;
  }

  get waiting(): number {
    return this.#text.length + this.#rest.length + this.#partsLength;
  }

  add(message: string, attachments?: Attachments): void {
    if (attachments) this.#addAttachments(attachments);
    this.#text += this.#framing.frame(message);
    if (this.#text.length >= PIECE_BYTES) this.#endText();
  }

  #addAttachments(attachments: Attachments): void {
    this.#text += `${attachmentHeader(attachments)}\n`;
    this.#endText();
    for (const bytes of attachments) if (bytes.length > 0) this.#push(bytes);
  }

  #endText(): void {
    this.#push(this.#text);
    this.#text = '';
  }

  #push(part: string | Uint8Array): void {
    this.#parts.push(part);
    this.#partsLength += part.length;
  }

  writePiece(onWritten: OnWritten): number {
    const first = this.#nextPiece();
    if (first.bytes >= PIECE_BYTES || this.isEmpty) {
      this.#write(first, onWritten);
      return first.bytes;
    }
    const pieces = [first];
    let { bytes } = first;
    while (bytes < PIECE_BYTES && !this.isEmpty) {
      const piece = this.#nextPiece();
      pieces.push(piece);
      bytes += piece.bytes;
    }
    const last = pieces.pop() as Piece;
    this.#stream.cork(); // one call of the system for all
    for (const piece of pieces) this.#write(piece, undefined);
    this.#write(last, onWritten);
    this.#stream.uncork();
    return bytes;
  }

  clear(): void {
    this.#rest = '';
    this.#parts.clear();
    this.#partsLength = 0;
    this.#text = '';
  }

  #write({ data, encoding }: Piece, onWritten: OnWritten | undefined): void {
    if (typeof data === 'string') this.#stream.write(data, encoding, onWritten);
    else this.#stream.write(data, onWritten);
  }

  #nextPiece(): Piece {
    const rest = this.#rest.length === 0 ? this.#takePart() : this.#rest;
    if (typeof rest === 'string') return this.#pieceOfText(rest);
    const data = rest.subarray(0, PIECE_BYTES);
    this.#rest = rest.subarray(data.length);
    return { data, encoding: 'utf8', bytes: data.length };
  }

  #pieceOfText(rest: string): Piece {
    let data = rest.length > WHOLE_CHARACTERS ? rest.slice(0, PIECE_BYTES) : rest;
    let bytes = Buffer.byteLength(data, 'utf8');
    // As many bytes as characters: it is ASCII, for which latin1 is the same bytes and a plain copy.
    const isAscii = bytes === data.length;
    if (!isAscii && data.length > PIECE_CHARACTERS) {
      data = wholeCharacters(rest, PIECE_CHARACTERS);
      bytes = Buffer.byteLength(data, 'utf8');
    }
    this.#rest = data.length < rest.length ? rest.slice(data.length) : '';
    return { data, encoding: isAscii ? 'latin1' : 'utf8', bytes };
  }

  #takePart(): string | Uint8Array {
    const part = this.#parts.shift();
    if (part !== undefined) {
      this.#partsLength -= part.length;
      return part;
    }
    const last = this.#text;
    this.#text = '';
    return last;
  }
}

/** The first so many characters, or one less: a character of two halves stays whole. */
function wholeCharacters(text: string, count: number): string {
  const isCut = (text.charCodeAt(count - 1) & 0xfc00) === 0xd800;
  return text.slice(0, isCut ? count - 1 : count);
}
