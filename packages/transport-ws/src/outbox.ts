import { Buffer } from 'node:buffer';
import type { Duplex as Stream } from 'node:stream';
import { doesNotRead } from './close-error.js';
import { fragment, textFrames } from './frames.js';

/** Above this many bytes `send` asks its caller to wait, until half of it is left. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** So much is written at once, though the turn is not over. */
const EAGER_BYTES = 16 * 1024;
/** The most handed to the system at once, so that a slow reader of much data can be told from one that reads nothing. */
const PIECE_BYTES = 256 * 1024;

export interface OutboxOptions {
  /** Whether frames are masked: towards a server they are. */
  readonly masked: boolean;
  /** Waiting bytes beyond which `onFault` is called. */
  readonly maxBytes: number;
  /** How long one piece may wait for the reader, in milliseconds, before `onFault` is called. 0: for ever. */
  readonly stallMs: number;
  /** Whether frames may still be written; when not, they are dropped. */
  readonly isOpen: () => boolean;
  /** The reader does not read. May be called from inside `push`. */
  readonly onFault: (error: Error) => void;
  /** After `end`, all is written. May be called from inside `end`. */
  readonly onFlushed: () => void;
}

/**
 * Messages on their way into the socket under a WebSocket. What is sent within one turn goes out in one write; one
 * write is under way at a time and the rest waits here, where it can be counted and dropped. A long message goes as
 * fragments, one a write. Each write is of whole frames, so that those of the `ws` package (pong, close) fit in between.
 */
export class Outbox {
  readonly #socket: Stream;
  readonly #options: OutboxOptions;
  /** Messages not yet handed over, from `#next` on. Characters are counted as bytes until then. */
  #queue: string[] = [];
  #next = 0;
  #queuedBytes = 0;
  /** What is left of a long message, already in bytes. It goes before the queue. */
  #rest: Buffer | undefined;
  #isRestBegun = false;
  /** Of the write under way; 0 when the system has taken it. */
  #inFlightBytes = 0;
  /** Writes whose completion has not been reported: that comes a little later. */
  #unreported = 0;
  #isScheduled = false;
  #isEnding = false;
  #isStopped = false;
  #stallTimer: NodeJS.Timeout | undefined;
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(socket: Stream, options: OutboxOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Bytes not yet taken by the system. */
  get buffered(): number {
    return this.#queuedBytes + (this.#rest?.length ?? 0) + this.#inFlightBytes;
  }

  push(message: string): Promise<void> | undefined {
    if (this.#isEnding || this.#isStopped) return undefined;
    this.#queue.push(message);
    this.#queuedBytes += message.length;
    // While a write is under way, its completion takes along what has gathered.
    if (this.#inFlightBytes === 0) {
      // A long burst need not be complete before the other side gets to work on it.
      if (this.#queuedBytes >= EAGER_BYTES) this.#flush();
      else if (!this.#isScheduled) {
        this.#isScheduled = true;
        process.nextTick(this.#flushTurn);
      }
    }
    const buffered = this.buffered;
    if (buffered <= HIGH_WATER_BYTES) return undefined;
    if (buffered > this.#options.maxBytes) {
      this.#options.onFault(doesNotRead(`more than ${this.#options.maxBytes} bytes wait for it`));
      return undefined;
    }
    return this.#awaitRoom();
  }

  /** Write out everything, then say so. */
  end(): void {
    if (this.#isEnding || this.#isStopped) return;
    this.#isEnding = true;
    if (this.#inFlightBytes === 0) this.#flush();
  }

  /** Drop everything. */
  stop(): void {
    this.#isStopped = true;
    this.#queue = [];
    this.#next = 0;
    this.#queuedBytes = 0;
    this.#rest = undefined;
    this.#inFlightBytes = 0;
    clearTimeout(this.#stallTimer);
    this.#releaseRoom();
  }

  get #isEmpty(): boolean {
    return this.#rest === undefined && this.#next === this.#queue.length;
  }

  readonly #flushTurn = (): void => {
    this.#isScheduled = false;
    this.#flush();
  };

  readonly #flush = (): void => {
    if (this.#isStopped || this.#inFlightBytes > 0) return;
    if (!this.#isEmpty && !this.#options.isOpen()) return this.stop();
    if (!this.#isEmpty)
      this.#write(this.#rest === undefined ? this.#nextFrames() : this.#nextFragment(this.#rest));
    if (this.#isEnding && this.#isEmpty && this.#inFlightBytes === 0) {
      this.stop();
      this.#options.onFlushed();
      return;
    }
    // Most writes are complete at once, and need no watch.
    if (this.#socket.writableLength > 0 && this.#options.stallMs > 0) {
      this.#stallTimer = setTimeout(this.#stalled, this.#options.stallMs);
      this.#stallTimer.unref();
    }
  };

  #nextFrames(): Buffer {
    const first = this.#queue[this.#next] ?? '';
    if (first.length > PIECE_BYTES) {
      this.#dequeue(first);
      this.#rest = Buffer.from(first, 'utf8');
      this.#isRestBegun = false;
      return this.#nextFragment(this.#rest);
    }
    const batch: string[] = [];
    let size = 0;
    while (this.#next < this.#queue.length) {
      const message = this.#queue[this.#next] ?? '';
      size += message.length;
      if (size > PIECE_BYTES) break;
      this.#dequeue(message);
      batch.push(message);
    }
    return textFrames(batch, this.#options.masked);
  }

  #dequeue(message: string): void {
    this.#queuedBytes -= message.length;
    if (++this.#next < this.#queue.length) return;
    this.#queue = [];
    this.#next = 0;
  }

  #nextFragment(rest: Buffer): Buffer {
    const isFirst = !this.#isRestBegun;
    const isLast = rest.length <= PIECE_BYTES;
    this.#isRestBegun = true;
    this.#rest = isLast ? undefined : rest.subarray(PIECE_BYTES);
    return fragment(rest.subarray(0, PIECE_BYTES), { isFirst, isLast, masked: this.#options.masked });
  }

  #write(frames: Buffer): void {
    this.#unreported++;
    this.#inFlightBytes = frames.length;
    this.#socket.write(frames, this.#written);
    if (this.#socket.writableLength === 0) this.#inFlightBytes = 0;
  }

  readonly #written = (error?: Error | null): void => {
    // The socket reports its error itself, and closes. A write that was complete at once may have been followed by others.
    if (--this.#unreported > 0 || this.#isStopped || error) return;
    clearTimeout(this.#stallTimer);
    this.#inFlightBytes = 0;
    if (this.#room !== undefined && this.buffered <= HIGH_WATER_BYTES / 2) this.#releaseRoom();
    if (!this.#isEmpty || this.#isEnding) this.#flush();
  };

  readonly #stalled = (): void => {
    this.#options.onFault(doesNotRead(`it took nothing for ${this.#options.stallMs} ms`));
  };

  #awaitRoom(): Promise<void> {
    if (this.#room === undefined) {
      let resolve = (): void => {};
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      this.#room = { promise, resolve };
    }
    return this.#room.promise;
  }

  #releaseRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
