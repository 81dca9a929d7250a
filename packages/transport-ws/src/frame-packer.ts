import { Buffer } from 'node:buffer';
import type { Writable } from 'node:stream';
import { type OnWritten, type Packer, PIECE_BYTES, Queue } from '@bjsonrpc/byte-stream';
import { type Attachments, attachmentHeader } from '@bjsonrpc/protocol';
import { type Deflating, deflatePart } from './deflate.js';
import { binaryHeader, fragment, textFrames } from './frames.js';

/**
 * Messages as WebSocket frames, and as binary ones before it what goes beside a message. What is long goes as fragments, one a write, and so does
 * what is compressed. Each write is of whole frames, so that those of the `ws` package (pong, close) fit in between.
 */
export class FramePacker implements Packer {
  readonly #stream: Writable;
  readonly #masked: boolean;
  readonly #deflating: Deflating | undefined;
  /** Messages not yet handed over. */
  readonly #queue = new Queue<string | Uint8Array>();
  #queued = 0;
  /** What is left of a long message, already in bytes. It goes before the queue. */
  #rest: Uint8Array | undefined;
  #isRestBegun = false;
  #isRestBinary = false;
  /** How it is compressed. */
  #restDeflating: Deflating | undefined;

  /** `masked`: towards a server. `deflating`: how texts are compressed; by default they are not. */
  constructor(
    stream: Writable,
    { masked, deflating }: { readonly masked: boolean; readonly deflating?: Deflating | undefined },
  ) {
    this.#stream = stream;
    this.#masked = masked;
    this.#deflating = deflating;
  }

  get isEmpty(): boolean {
    return this.#rest === undefined && this.#queue.length === 0;
  }

  get waiting(): number {
    return this.#queued + (this.#rest?.length ?? 0);
  }

  add(message: string, attachments?: Attachments): void {
    if (attachments) {
      this.#push(attachmentHeader(attachments));
      for (const bytes of attachments) this.#push(bytes);
    }
    this.#push(message);
  }

  #push(item: string | Uint8Array): void {
    this.#queue.push(item);
    this.#queued += item.length;
  }

  writePiece(onWritten: OnWritten): number {
    const { first } = this.#queue;
    if (this.#rest === undefined && typeof first === 'object' && !this.#masked && first.length <= PIECE_BYTES)
      return this.#writeBytes(first, onWritten);
    const frames = this.#rest === undefined ? this.#nextFrames() : this.#nextFragment(this.#rest);
    this.#stream.write(frames, onWritten);
    return frames.length;
  }

  /** As they are. What follows them in the same turn goes in the same write, up to a piece. */
  #writeBytes(bytes: Uint8Array, onWritten: OnWritten): number {
    const header = binaryHeader(bytes.length);
    this.#dequeue(bytes);
    const { first: next } = this.#queue;
    const rest = typeof next === 'string' && this.#isShort(next);
    this.#stream.cork();
    this.#stream.write(header);
    this.#stream.write(bytes, rest ? undefined : onWritten);
    const frames = rest ? this.#nextFrames() : undefined;
    if (frames) this.#stream.write(frames, onWritten);
    this.#stream.uncork();
    return header.length + bytes.length + (frames?.length ?? 0);
  }

  clear(): void {
    this.#queue.clear();
    this.#queued = 0;
    this.#rest = undefined;
  }

  #nextFrames(): Buffer {
    let next = this.#queue.first;
    if (next !== undefined && !(typeof next === 'string' && this.#isShort(next))) {
      this.#dequeue(next);
      this.#isRestBinary = typeof next !== 'string';
      this.#restDeflating = typeof next === 'string' && this.#isLong(next) ? this.#deflating : undefined;
      this.#isRestBegun = false;
      const rest = typeof next === 'string' ? Buffer.from(next, 'utf8') : next;
      this.#rest = rest;
      return this.#nextFragment(rest);
    }
    const batch: string[] = [];
    let size = 0;
    while (typeof next === 'string' && this.#isShort(next)) {
      size += next.length;
      if (size > PIECE_BYTES) break;
      this.#dequeue(next);
      batch.push(next);
      next = this.#queue.first;
    }
    return textFrames(batch, this.#masked);
  }

  /** Whether it goes with others, as it is. */
  #isShort(text: string): boolean {
    return text.length <= PIECE_BYTES && !this.#isLong(text);
  }

  /** Whether it is worth compressing. */
  #isLong(text: string): boolean {
    return this.#deflating !== undefined && text.length >= this.#deflating.threshold;
  }

  #dequeue(item: string | Uint8Array): void {
    this.#queue.shift();
    this.#queued -= item.length;
  }

  #nextFragment(rest: Uint8Array): Buffer {
    const isFirst = !this.#isRestBegun;
    const isLast = rest.length <= PIECE_BYTES;
    this.#isRestBegun = true;
    this.#rest = isLast ? undefined : rest.subarray(PIECE_BYTES);
    const piece = rest.subarray(0, PIECE_BYTES);
    const deflating = this.#restDeflating;
    const part = deflating ? deflatePart(piece, deflating.windowBits, isLast) : piece;
    const isDeflated = deflating !== undefined;
    return fragment(part, {
      isFirst,
      isLast,
      isBinary: this.#isRestBinary,
      isDeflated,
      masked: this.#masked,
    });
  }
}
