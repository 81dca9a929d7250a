import { Buffer } from 'node:buffer';
import type { Writable } from 'node:stream';
import type { Framing } from './framing.js';
import { type OnWritten, type Packer, PIECE_BYTES } from './packer.js';

/** Characters that have no more bytes than a piece, whatever they are. */
const PIECE_CHARACTERS = Math.floor(PIECE_BYTES / 3);

/** Messages as one text, which goes in pieces of whole characters. */
export class TextPacker implements Packer {
  readonly #stream: Writable;
  readonly #framing: Framing;
  /** Messages not yet handed over. */
  #text = '';
  /** What is left of a long text. It goes before `#text`, and apart from it: joined, it would be copied every time. */
  #rest = '';

  constructor(stream: Writable, framing: Framing) {
    this.#stream = stream;
    this.#framing = framing;
  }

  get isEmpty(): boolean {
    return this.#rest === '' && this.#text === '';
  }

  get waiting(): number {
    return this.#text.length + this.#rest.length;
  }

  add(message: string): void {
    this.#text += this.#framing.frame(message);
  }

  writePiece(onWritten: OnWritten): number {
    if (this.#rest === '') {
      this.#rest = this.#text;
      this.#text = '';
    }
    const rest = this.#rest;
    let piece = rest.length > PIECE_BYTES ? rest.slice(0, PIECE_BYTES) : rest;
    let bytes = Buffer.byteLength(piece, 'utf8');
    // As many bytes as characters: it is ASCII, for which latin1 is the same bytes and a plain copy.
    const isAscii = bytes === piece.length;
    if (!isAscii && piece.length > PIECE_CHARACTERS) {
      piece = wholeCharacters(rest, PIECE_CHARACTERS);
      bytes = Buffer.byteLength(piece, 'utf8');
    }
    this.#rest = piece.length < rest.length ? rest.slice(piece.length) : '';
    this.#stream.write(piece, isAscii ? 'latin1' : 'utf8', onWritten);
    return bytes;
  }

  clear(): void {
    this.#text = '';
    this.#rest = '';
  }
}

/** The first so many characters, or one less: a character of two halves stays whole. */
function wholeCharacters(text: string, count: number): string {
  const isCut = (text.charCodeAt(count - 1) & 0xfc00) === 0xd800;
  return text.slice(0, isCut ? count - 1 : count);
}
