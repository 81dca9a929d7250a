import { Buffer } from 'node:buffer';
import type { Writable } from 'node:stream';
import { type OnWritten, type Packer, PIECE_BYTES, Queue } from '@bjsonrpc/byte-stream';
import { fragment, textFrames } from './frames.js';

/**
 * Messages as WebSocket frames. A long message goes as fragments, one a write. Each write is of whole frames, so that
 * those of the `ws` package (pong, close) fit in between.
 */
export class FramePacker implements Packer {
  readonly #stream: Writable;
  readonly #masked: boolean;
  /** Messages not yet handed over. */
  readonly #queue = new Queue<string>();
  #queued = 0;
  /** What is left of a long message, already in bytes. It goes before the queue. */
  #rest: Buffer | undefined;
  #isRestBegun = false;

  /** `masked`: towards a server. */
  constructor(stream: Writable, masked: boolean) {
    this.#stream = stream;
    this.#masked = masked;
  }

  get isEmpty(): boolean {
    return this.#rest === undefined && this.#queue.length === 0;
  }

  get waiting(): number {
    return this.#queued + (this.#rest?.length ?? 0);
  }

  add(message: string): void {
    this.#queue.push(message);
    this.#queued += message.length;
  }

  writePiece(onWritten: OnWritten): number {
    const frames = this.#rest === undefined ? this.#nextFrames() : this.#nextFragment(this.#rest);
    this.#stream.write(frames, onWritten);
    return frames.length;
  }

  clear(): void {
    this.#queue.clear();
    this.#queued = 0;
    this.#rest = undefined;
  }

  #nextFrames(): Buffer {
    let next = this.#queue.first;
    if (next !== undefined && next.length > PIECE_BYTES) {
      this.#dequeue(next);
      this.#rest = Buffer.from(next, 'utf8');
      this.#isRestBegun = false;
      return this.#nextFragment(this.#rest);
    }
    const batch: string[] = [];
    let size = 0;
    while (next !== undefined) {
      size += next.length;
      if (size > PIECE_BYTES) break;
      this.#dequeue(next);
      batch.push(next);
      next = this.#queue.first;
    }
    return textFrames(batch, this.#masked);
  }

  #dequeue(message: string): void {
    this.#queue.shift();
    this.#queued -= message.length;
  }

  #nextFragment(rest: Buffer): Buffer {
    const isFirst = !this.#isRestBegun;
    const isLast = rest.length <= PIECE_BYTES;
    this.#isRestBegun = true;
    this.#rest = isLast ? undefined : rest.subarray(PIECE_BYTES);
    return fragment(rest.subarray(0, PIECE_BYTES), { isFirst, isLast, masked: this.#masked });
  }
}
