import { Buffer } from 'node:buffer';
import type { Writable } from 'node:stream';
import type { Framing } from './framing.js';
import { type OnWritten, type Packer, PIECE_BYTES } from './packer.js';
import { Queue } from './queue.js';

/** Characters that have no more bytes than a piece, whatever they are. */
const PIECE_CHARACTERS = Math.floor(PIECE_BYTES / 3);
/** Up to here a text goes in one piece: a little that is left over is not worth a write. */
const WHOLE_CHARACTERS = PIECE_BYTES + PIECE_BYTES / 4;

/** Messages as texts of a piece or more, which go in pieces of whole characters. */
export class TextPacker implements Packer {
  readonly #stream: Writable;
  readonly #framing: Framing;
  /** What is left of the oldest text. */
  #rest = '';
  /** The texts after it. Joined, they would be copied time and again, and soon be longer than a string can be. */
  readonly #texts = new Queue<string>();
  #textsLength = 0;
  /** The messages that came last. */
  #text = '';

  constructor(stream: Writable, framing: Framing) {
    this.#stream = stream;
    this.#framing = framing;
  }

  get isEmpty(): boolean {
    return this.#text === '' && this.#rest === '' && this.#textsLength === 0;
  }

  get waiting(): number {
    return this.#text.length + this.#rest.length + this.#textsLength;
  }

  add(message: string): void {
    this.#text += this.#framing.frame(message);
    if (this.#text.length < PIECE_BYTES) return;
    this.#texts.push(this.#text);
    this.#textsLength += this.#text.length;
    this.#text = '';
  }

  writePiece(onWritten: OnWritten): number {
    const rest = this.#rest === '' ? this.#takeText() : this.#rest;
    let piece = rest.length > WHOLE_CHARACTERS ? rest.slice(0, PIECE_BYTES) : rest;
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
    this.#rest = '';
    this.#texts.clear();
    this.#textsLength = 0;
    this.#text = '';
  }

  #takeText(): string {
    const text = this.#texts.shift();
    if (text !== undefined) {
      this.#textsLength -= text.length;
      return text;
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
