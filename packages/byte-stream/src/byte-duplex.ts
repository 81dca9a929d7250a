import type { Readable, Writable } from 'node:stream';
import type { Duplex, Receiver } from '@bjsonrpc/protocol';
import type { ByteLimits } from './byte-limits.js';
import type { FrameDecoder, Framing } from './framing.js';
import { HeldWatch } from './held-watch.js';
import { InputBudget } from './input-budget.js';
import { InputGuard } from './input-guard.js';
import { Outbox } from './outbox.js';
import { ProcessAnchor } from './process-anchor.js';
import { TextPacker } from './text-packer.js';
import { clearTimeout, setImmediate, setTimeout } from './timers.js';
import { MAX_BACKLOG_BYTES, Turns } from './turns.js';

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
 * read does not tell that it has ended. An end that comes in that time is held until {@link HeldWatch} looks, at
 * most. With a full backlog nothing is read any more; then a blank line every so often finds out who has gone: the
 * second one meets a reset.
 */
export class ByteDuplex implements Duplex {
  readonly #readable: Readable;
  readonly #writable: Writable;
  readonly #remote: string;
  readonly maxMessageBytes: number;
  readonly #closeTimeoutMs: number;
  readonly #blank: string | undefined;
  readonly #decoder: FrameDecoder;
  readonly #outbox: Outbox;

  #receiver: Receiver | undefined;
  #bytesIn = 0;
  /** A whole message has come. */
  #hasHeard = false;
  #isHeld = false;
  /** The other side has ended its half: it reads, at most. */
  #isHalfClosed = false;
  #isHalfCloseReported = false;
  /** Closed by us: nothing is delivered any more but the close itself. */
  #isClosing = false;
  /** All that we had to say is written, and our half ended. */
  #isFinished = false;
  #openStreams: number;
  #isCloseReported = false;
  #error: Error | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  readonly #heldWatch = new HeldWatch(() => this.#lookWhileHeld());
  /** The other side ended while we held, and that was long ago. */
  #isEndOverdue = false;
  readonly #anchor: ProcessAnchor;
  readonly #turns: Turns;
  readonly #guard: InputGuard;

  constructor({ readable, writable, remote, framing, limits, budget }: ByteDuplexParts) {
    this.#readable = readable;
    this.#writable = writable;
    this.#remote = remote;
    this.maxMessageBytes = limits.maxMessageBytes;
    this.#closeTimeoutMs = limits.closeTimeoutMs;
    this.#blank = framing.blank;
    this.#decoder = framing.decoder(limits.maxMessageBytes);
    const decoder = this.#decoder;
    this.#turns = new Turns({
      takeTurn: () => this.#deliver(),
      get backlogBytes() {
        return decoder.pendingBytes;
      },
    });
    this.#outbox = new Outbox(writable, new TextPacker(writable, framing), {
      maxBytes: limits.maxWriteBufferBytes,
      stallMs: limits.writeStallMs,
      isOpen: () => !writable.destroyed,
      onFault: (error) => this.close(error),
      onFlushed: () => writable.end(),
    });
    this.#guard = new InputGuard({
      ...limits,
      remote,
      budget: budget ?? new InputBudget(limits.maxUnfinishedBytes),
      isReading: () => !readable.isPaused(),
      isDue: () => this.#turns.isDue,
      hasTalked: () =>
        this.#hasHeard ||
        this.#outbox.bytesTaken + this.#decoder.pendingBytes + this.#decoder.unfinishedBytes > 0,
      wait: (isToWait) => (isToWait ? readable.pause() : this.#turns.schedule()),
      onFault: (error) => this.close(error),
    });
    readable.on('end', this.#onEnd);
    writable.on('finish', this.#onFinish);
    const streams = new Set([readable, writable]);
    this.#anchor = new ProcessAnchor([...streams]);
    this.#openStreams = streams.size;
    for (const stream of streams) stream.on('error', this.#onError).once('close', this.#onClose);
  }

  get buffered(): number {
    return this.#outbox.buffered;
  }

  get bytesIn(): number {
    return this.#bytesIn;
  }

  get bytesOut(): number {
    return this.#outbox.bytesOut;
  }

  get #isClosed(): boolean {
    return this.#openStreams === 0;
  }

  start(receiver: Receiver): void {
    if (this.#receiver !== undefined) throw new Error('A duplex is started once');
    this.#receiver = receiver;
    if (this.#isClosed || this.#isHalfClosed) this.#turns.schedule();
    if (this.#isClosed || this.#isClosing) return;
    this.#readable.on('data', this.#onData);
    this.#guard.start();
    if (this.#isHeld) this.#heldWatch.start();
  }

  send(message: string): Promise<void> | undefined {
    return this.#outbox.push(message);
  }

  hold(on: boolean): void {
    if (this.#isHeld === on) return;
    this.#isHeld = on;
    if (this.#receiver === undefined || this.#isClosing || this.#isClosed) return;
    this.#weigh();
    if (on) {
      if (this.#guard.isTight) this.#readable.pause();
      if (this.#isHalfClosed || this.#readable.isPaused()) this.#heldWatch.start();
      return;
    }
    this.#heldWatch.stop();
    this.#turns.schedule();
  }

  ref(): void {
    this.#anchor.ref();
  }

  unref(): void {
    // A goodbye under way is brought to its end.
    if (this.#isClosing) return;
    this.#anchor.unref();
  }

  close(error?: Error): void {
    if (this.#isClosed || (this.#isClosing && error === undefined)) return;
    this.#isClosing = true;
    this.#guard.stop();
    if (error === undefined) {
      this.ref();
      this.#heldWatch.stop();
      // Reading on to the other side's end: a socket closed with unread bytes resets, and takes back what it sent.
      this.#readable.resume();
      this.#outbox.end();
    } else {
      this.#error ??= error;
      this.#outbox.stop();
      this.#destroy();
    }
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#bytesIn += chunk.length;
    if (this.#isClosing) return;
    const { unfinishedBytes } = this.#decoder;
    this.#decoder.push(chunk);
    const left = this.#decoder.unfinishedBytes;
    this.#guard.arrived(left, left !== unfinishedBytes + chunk.length);
    if (!this.#isHeld) this.#turns.request();
    this.#weigh();
    const maxBytes = this.#isHeld && this.#guard.isTight ? 0 : MAX_BACKLOG_BYTES;
    if (this.#decoder.pendingBytes > maxBytes && !this.#isClosing) {
      this.#readable.pause();
      if (this.#isHeld) this.#heldWatch.start();
    } else if (this.#turns.hasReadEnough(chunk.length) && !this.#isHeld && !this.#readable.isPaused()) {
      this.#readable.pause();
      this.#turns.schedule();
    }
  };

  /** What is kept here and cannot be handed over. */
  #weigh(): void {
    this.#guard.keep(this.#decoder.unfinishedBytes + (this.#isHeld ? this.#decoder.pendingBytes : 0));
  }

  #lookWhileHeld(): void {
    if (this.#isHalfClosed) {
      this.#heldWatch.stop();
      this.#isEndOverdue = true;
      this.#turns.schedule();
    } else if (this.#blank !== undefined && this.#writable.writableLength === 0) {
      // Bytes that wait for the other side find out as well.
      this.#writable.write(this.#blank);
    }
  }

  /** Deliver what is there, within the limits of a turn; then whatever comes after the last message. */
  #deliver(): void {
    const receiver = this.#receiver;
    if (receiver === undefined) return;
    // Holding is for the living: what is left of a connection that has closed is little, and delivered.
    while (!this.#isClosing && (!this.#isHeld || this.#isClosed || this.#isEndOverdue)) {
      const message = this.#decoder.next();
      if (message === undefined) {
        this.#afterLastMessage(receiver);
        return;
      }
      this.#hasHeard = true;
      receiver.onMessage(message);
      if (this.#turns.isOver()) {
        this.#turns.schedule();
        return;
      }
    }
    if (this.#isClosed) this.#reportClose(receiver);
  }

  #afterLastMessage(receiver: Receiver): void {
    if (this.#isClosed) this.#reportClose(receiver);
    else if (this.#decoder.error !== undefined) {
      // What came before has been answered: the answers still go out.
      this.#error ??= this.#decoder.error;
      this.close(this.buffered > 0 ? undefined : this.#error);
    } else if (!this.#isHalfClosed) this.#readable.resume();
    else if (!this.#isHalfCloseReported) {
      this.#isHalfCloseReported = true;
      if (receiver.onEnd !== undefined) receiver.onEnd();
      // What was answered within the turn, or by promises already settled, still goes out.
      else setImmediate(() => this.close());
    }
  }

  #reportClose(receiver: Receiver): void {
    if (this.#isCloseReported) return;
    this.#isCloseReported = true;
    receiver.onClose(this.#error);
  }

  #destroy(): void {
    this.#readable.destroy();
    this.#writable.destroy();
  }

  readonly #onEnd = (): void => {
    this.#isHalfClosed = true;
    // What was cut off will not be ended, and answering may take its time.
    this.#guard.arrived(0, false);
    // A socket does this by itself; of two streams, one that belongs to the process may not.
    if (this.#isFinished) this.#destroy();
    else if (this.#isHeld) this.#heldWatch.start();
    else if (!this.#isClosing) this.#turns.request();
  };

  readonly #onFinish = (): void => {
    this.#isFinished = true;
    if (this.#isHalfClosed) return this.#destroy();
    this.#closeTimer = setTimeout(() => this.#destroy(), this.#closeTimeoutMs);
  };

  readonly #onError = (error: Error): void => {
    // After either side's goodbye a reset only says that the other side has gone for good.
    if (!this.#isHalfClosed && !this.#isFinished) {
      this.#error ??= new Error(`The connection to ${this.#remote} broke: ${error.message}`, {
        cause: error,
      });
    }
    this.#destroy();
  };

  readonly #onClose = (): void => {
    this.#openStreams--;
    if (!this.#isClosed) {
      // A half that has said goodbye leaves the other open; one that is just gone does not.
      if (!this.#isHalfClosed && !this.#isFinished) this.#destroy();
      return;
    }
    clearTimeout(this.#closeTimer);
    this.#heldWatch.stop();
    this.#guard.stop();
    this.#anchor.release();
    this.#outbox.stop();
    this.#turns.request();
  };
}
