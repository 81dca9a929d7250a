import type { Readable, Writable } from 'node:stream';
import type { Attachments, Receiver } from '@bjsonrpc/protocol';
import type { ByteLimits } from './byte-limits.js';
import type { FrameDecoder, Framing } from './framing.js';
import type { InputBudget } from './input-budget.js';
import { InputGuard } from './input-guard.js';
import { StreamDuplex } from './stream-duplex.js';
import { TextPacker } from './text-packer.js';
import { setImmediate } from './timers.js';
import { MAX_BACKLOG_BYTES } from './turns.js';

/** What a {@link ByteDuplex} is made of. */
export interface ByteDuplexParts {
  /** What the other side writes. Open, without an encoding, not yet read from, and ours alone. */
  readonly readable: Readable;
  /** What the other side reads; the same stream if it is a socket, which then has `allowHalfOpen`. */
  readonly writable: Writable;
  /** The other side's name in errors. */
  readonly remote: string;
  readonly framing: Framing;
  readonly limits: ByteLimits;
  /** Shared by the connections of one listener. Default: one of its own. */
  readonly budget?: InputBudget;
}

/**
 * A socket, or a readable and a writable stream, as a Duplex. Its life, as seen by the reading side:
 *
 *     unstarted --start--> open --end--> half-closed --our end--> closed
 *                            \--close()--> closing (reads on, delivers nothing) --> closed
 *
 * A lost or destroyed stream is closed at once, from any state, and takes its other half with it. Closed is reported
 * after the messages that had come in whole, and not before start.
 *
 * While reading is held, the stream is still read into a backlog of {@link MAX_BACKLOG_BYTES}, since a stream that is not
 * read does not tell that it has ended. An end that comes in that time is held until somebody looks (`HeldWatch`), at
 * most. With a full backlog nothing is read any more; then a blank line every so often finds out who has gone: the
 * second one meets a reset.
 */
export class ByteDuplex extends StreamDuplex {
  readonly #readable: Readable;
  readonly #writable: Writable;
  readonly #blank: string | undefined;
  readonly #decoder: FrameDecoder;
  protected readonly guard: InputGuard;
  #bytesIn = 0;
  /** The other side has ended its half: it reads, at most. */
  #isHalfClosed = false;
  #isHalfCloseReported = false;
  /** That was long ago, while we held. */
  #isEndOverdue = false;
  #openStreams: number;

  constructor({ readable, writable, remote, framing, limits, budget }: ByteDuplexParts) {
    const { carriesBytes } = framing;
    super({ stream: writable, packer: new TextPacker(writable, framing), remote, limits, carriesBytes });
    this.#readable = readable;
    this.#writable = writable;
    this.#blank = framing.blank;
    this.#decoder = framing.decoder(limits.maxMessageBytes);
    this.guard = new InputGuard(this, budget, limits);
    readable.on('end', this.#onEnd);
    writable.on('finish', this.#onFinish);
    const { streams } = this;
    this.#openStreams = streams.length;
    for (const stream of streams) stream.on('error', this.#onError).on('close', this.#onClose);
  }

  get bytesIn(): number {
    return this.#bytesIn;
  }

  get bytesOut(): number {
    return this.outbox.bytesOut;
  }

  get backlogBytes(): number {
    return this.#decoder.pendingBytes;
  }

  get isReading(): boolean {
    return !this.#readable.isPaused();
  }

  get isWritable(): boolean {
    return !this.#writable.destroyed;
  }

  get hasTalked(): boolean {
    return (
      this.hasHeard || this.outbox.bytesTaken + this.#decoder.pendingBytes + this.#decoder.unfinishedBytes > 0
    );
  }

  flushed(): void {
    this.#writable.end();
  }

  protected get isClosed(): boolean {
    return this.#openStreams === 0;
  }

  protected get mayDeliver(): boolean {
    return !this.isHeld || this.isOverCleanly || this.#isEndOverdue;
  }

  protected get streams(): readonly (Readable | Writable)[] {
    return Object.is(this.#readable, this.#writable) ? [this.#readable] : [this.#readable, this.#writable];
  }

  protected begin(): void {
    if (this.isClosed || this.#isHalfClosed) this.turns.schedule();
    if (this.isClosed || this.isClosing) return;
    this.#readable.on('data', this.#onData);
    this.guard.start();
    if (this.isHeld) this.startHeldWatch();
  }

  protected readLess(): void {
    if (this.guard.isTight) this.pause();
    if (this.#isHalfClosed || !this.isReading) this.startHeldWatch();
  }

  protected weigh(): void {
    const { unfinishedBytes, pendingBytes } = this.#decoder;
    this.guard.keep(unfinishedBytes + (this.isHeld ? pendingBytes : 0));
  }

  protected pause(): void {
    this.#readable.pause();
  }

  protected resume(): void {
    this.#readable.resume();
  }

  protected lookWhileHeld(): void {
    if (this.#isHalfClosed) {
      this.stopHeldWatch();
      this.#isEndOverdue = true;
      this.turns.schedule();
    } else if (this.#blank !== undefined && this.#writable.writableLength === 0) {
      // Bytes that wait for the other side find out as well.
      this.#writable.write(this.#blank);
    }
  }

  protected next(): string | undefined {
    return this.#decoder.next();
  }

  protected get attachments(): Attachments | undefined {
    return this.#decoder.attachments;
  }

  protected afterLastMessage(receiver: Receiver): void {
    if (this.isClosed) this.reportClose(receiver);
    else if (this.#decoder.error !== undefined) {
      // What came before has been answered: the answers still go out.
      this.error ??= this.#decoder.error;
      this.close(this.buffered > 0 ? undefined : this.error);
    } else if (!this.#isHalfClosed) this.resume();
    else if (!this.#isHalfCloseReported) {
      this.#isHalfCloseReported = true;
      if (receiver.onEnd !== undefined) receiver.onEnd();
      // What was answered within the turn, or by promises already settled, still goes out.
      else setImmediate(() => this.close());
    }
  }

  /** The decoder goes with the connection. */
  protected dropBacklog(): void {}

  protected destroy(): void {
    this.#readable.destroy();
    this.#writable.destroy();
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#bytesIn += chunk.length;
    if (this.isClosing) return;
    const { unfinishedBytes } = this.#decoder;
    this.#decoder.push(chunk);
    const left = this.#decoder.unfinishedBytes;
    this.guard.arrived(left, left !== unfinishedBytes + chunk.length);
    if (!this.isHeld) this.turns.request();
    this.weigh();
    const maxBytes = this.isHeld && this.guard.isTight ? 0 : MAX_BACKLOG_BYTES;
    if (this.#decoder.pendingBytes > maxBytes && !this.isClosing) {
      this.pause();
      if (this.isHeld) this.startHeldWatch();
    } else if (this.turns.hasReadEnough(chunk.length) && !this.isHeld && this.isReading) {
      this.pause();
      this.turns.schedule();
    }
  };

  readonly #onEnd = (): void => {
    this.#isHalfClosed = true;
    // What was cut off will not be ended, and answering may take its time.
    this.guard.arrived(0, false);
    // A socket does this by itself; of two streams, one that belongs to the process may not.
    if (this.isFinished) this.destroy();
    else if (this.isHeld) this.startHeldWatch();
    else if (!this.isClosing) this.turns.request();
  };

  readonly #onFinish = (): void => {
    this.finish();
    if (this.#isHalfClosed) this.destroy();
  };

  readonly #onError = (error: Error): void => {
    // After either side's goodbye a reset only says that the other side has gone for good.
    if (!this.#isHalfClosed && !this.isFinished) {
      this.error ??= new Error(`The connection to ${this.remote} broke: ${error.message}`, { cause: error });
    }
    this.destroy();
  };

  readonly #onClose = (): void => {
    this.#openStreams--;
    if (this.isClosed) this.release();
    // A half that has said goodbye leaves the other open; one that is just gone does not.
    else if (!this.#isHalfClosed && !this.isFinished) this.destroy();
  };
}
