import type { Writable } from 'node:stream';
import { type Attachments, Gate, nextTurnBy } from '@bjsonrpc/protocol';
import type { Packer } from './packer.js';
import { StallWatch, type StallWatched } from './stall-watch.js';
import { nextTick, setImmediate } from './timers.js';

/** Above this many bytes `send` asks its caller to wait, until half of it is left. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** How long, in milliseconds, a reader may take nothing while more than `maxBytes` wait. */
const OVERFLOW_MS = 1000;
/** So much is written at once, though the turn is not over. */
const EAGER_BYTES = 16 * 1024;

const nextTurn = nextTurnBy(setImmediate);

/** The connection whose messages they are. It is closed with an error when its reader does not read. */
export interface OutboxOwner {
  /** Whether anything may still be written; when not, it is dropped. */
  readonly isWritable: boolean;
  /** After `end`, all is written. May be called from inside `end`. */
  flushed(): void;
  close(error: Error): void;
}

export interface OutboxLimits {
  /** Waiting bytes beyond which a reader that takes nothing is soon a fault. More alone is none: a burst is our own doing. */
  readonly maxWriteBufferBytes: number;
  /** How long the reader may take nothing, in milliseconds. 0: for ever. */
  readonly writeStallMs: number;
}

/**
 * Messages on their way into a stream. What is sent within one turn goes out in one write; one write is under way at a
 * time and the rest waits with the packer, where it can be counted and dropped.
 */
export class Outbox implements StallWatched {
  readonly #stream: Writable;
  readonly #packer: Packer;
  readonly #owner: OutboxOwner;
  readonly #limits: OutboxLimits;
  /** Of the write under way; 0 when the system has taken it. */
  #inFlightBytes = 0;
  /** Writes whose completion has not been reported: that comes a little later. */
  #unreported = 0;
  #bytesOut = 0;
  #isScheduled = false;
  #isEnding = false;
  #isStopped = false;
  /** Made when something is left to be taken. */
  #watch: StallWatch | undefined;
  readonly #room = new Gate();

  /** `packer` writes to the same stream; so may others, as long as what they write is whole. */
  constructor(
    stream: Writable,
    packer: Packer,
    { owner, limits }: { readonly owner: OutboxOwner; readonly limits: OutboxLimits },
  ) {
    this.#stream = stream;
    this.#packer = packer;
    this.#owner = owner;
    this.#limits = limits;
  }

  /** Bytes not yet taken by the system. */
  get buffered(): number {
    return this.#packer.waiting + this.#inFlightBytes;
  }

  /** Bytes handed over so far. */
  get bytesOut(): number {
    return this.#bytesOut;
  }

  /** Of those, how many the system has taken. */
  get bytesTaken(): number {
    return this.#bytesOut - this.#inFlightBytes;
  }

  /** What `Duplex.send` does. */
  push(message: string, attachments?: Attachments): Promise<void> | undefined {
    if (this.#isEnding || this.#isStopped) return nextTurn();
    this.#packer.add(message, attachments);
    // While a write is under way, its completion takes along what has gathered.
    if (this.#inFlightBytes === 0) {
      // A long burst need not be complete before the other side gets to work on it.
      if (this.#packer.waiting >= EAGER_BYTES) this.#flush();
      else if (!this.#isScheduled) {
        this.#isScheduled = true;
        nextTick(this.#flushTurn);
      }
    }
    const buffered = this.buffered;
    if (buffered <= HIGH_WATER_BYTES) return undefined;
    if (buffered > this.#limits.maxWriteBufferBytes) this.#startWatch();
    return this.#room.wait();
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
    this.#packer.clear();
    this.#inFlightBytes = 0;
    this.#watch?.stop();
    this.#room.open();
  }

  readonly #flushTurn = (): void => {
    this.#isScheduled = false;
    this.#flush();
  };

  #flush(): void {
    if (this.#isStopped || this.#inFlightBytes > 0) return;
    if (!this.#packer.isEmpty) {
      if (!this.#owner.isWritable) return this.stop();
      this.#write();
    }
    if (this.#inFlightBytes > 0) this.#startWatch();
    else if (this.#isEnding && this.#packer.isEmpty) {
      this.stop();
      this.#owner.flushed();
    }
  }

  #write(): void {
    this.#unreported++;
    const bytes = this.#packer.writePiece(this.#written);
    this.#bytesOut += bytes;
    // Most writes are complete at once.
    if (this.#stream.writableLength > 0) this.#inFlightBytes = bytes;
  }

  readonly #written = (error?: Error | null): void => {
    // The stream reports its error itself, and closes. A write that was complete at once may have been followed by others.
    if (--this.#unreported > 0 || this.#isStopped || error) return;
    this.#inFlightBytes = 0;
    if (this.#room.isAwaited && this.buffered <= HIGH_WATER_BYTES / 2) this.#room.open();
    if (this.#isEnding || !this.#packer.isEmpty) this.#flush();
  };

  #startWatch(): void {
    this.#watch ??= new StallWatch(this);
    this.#watch.start();
  }

  get isWaiting(): boolean {
    return this.#inFlightBytes > 0;
  }

  get #isOverfull(): boolean {
    return this.buffered > this.#limits.maxWriteBufferBytes;
  }

  get stallMs(): number {
    const stallMs = this.#limits.writeStallMs || Number.POSITIVE_INFINITY;
    return this.#isOverfull ? Math.min(OVERFLOW_MS, stallMs) : stallMs;
  }

  stalled(ms: number): void {
    const { maxWriteBufferBytes } = this.#limits;
    const andSo = this.#isOverfull ? `, and more than ${maxWriteBufferBytes} bytes wait for it` : '';
    this.#owner.close(new Error(`The other side does not read: it took nothing for ${ms} ms${andSo}`));
  }
}
