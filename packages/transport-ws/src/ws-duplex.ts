import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import {
  clearTimeout,
  decodeUtf8,
  HeldWatch,
  type InputBudget,
  MAX_BACKLOG_BYTES,
  nextTick,
  Outbox,
  ProcessAnchor,
  Queue,
  setTimeout,
  Turns,
} from '@bjsonrpc/byte-stream';
import type { Duplex, Receiver } from '@bjsonrpc/protocol';
import { WebSocket } from 'ws';
import { brokenError, closeError, FAULT, GOODBYE, INVALID_TEXT, isProtocolFault } from './close-error.js';
import { FrameGuard } from './frame-guard.js';
import { FramePacker } from './frame-packer.js';
import { startHeartbeat } from './heartbeat.js';
import type { NodeWsLimits } from './node-limits.js';
import { answerPings } from './pongs.js';

export interface WsDuplexParts {
  /** Open, its options those of `connectionOptions`, and ours alone. */
  readonly socket: WebSocket;
  /** What it stands on: frames are written there, read by `ws`. */
  readonly raw: Socket;
  /** Whether we are the client. */
  readonly isClient: boolean;
  /** The other side's name in errors. */
  readonly remote: string;
  readonly limits: NodeWsLimits;
  /** Shared by the connections of one listener. */
  readonly budget: InputBudget;
}

/**
 * One WebSocket of the `ws` package as a Duplex. Its life, as seen by the reading side:
 *
 *     unstarted --start--> open --close frame, or none--> closed
 *                            \--close()--> closing (reads on, delivers nothing) --> closed
 *
 * What comes in one chunk is delivered together, right after `ws` is through with it. Closed is reported after that,
 * and not before start.
 */
export class WsDuplex implements Duplex {
  readonly #socket: WebSocket;
  readonly #raw: Socket;
  readonly #remote: string;
  readonly maxMessageBytes: number;
  readonly #closeTimeoutMs: number;
  readonly #outbox: Outbox;
  readonly #bytesReadBefore: number;
  readonly #bytesWrittenBefore: number;
  readonly #stopHeartbeat: () => void;

  #receiver: Receiver | undefined;
  /** Messages not yet delivered. */
  readonly #backlog = new Queue<string>();
  #backlogBytes = 0;
  #isHeld = false;
  #isPaused = false;
  /** Closed by us: nothing is delivered any more but the close itself. */
  #isClosing = false;
  /** Nothing more is read; what came before is delivered, then the close. */
  #isBroken = false;
  /** All that we had to say is written, our goodbye included. */
  #isFinished = false;
  #isClosed = false;
  #isCloseReported = false;
  #error: Error | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  /** With a full backlog nothing is read; a sign of life to who has gone meets a reset. */
  readonly #heldWatch = new HeldWatch(() => this.#socket.pong());
  readonly #anchor: ProcessAnchor;
  readonly #turns = new Turns(() => this.#deliver());
  /** One is to begin as soon as `ws` is through with a chunk. */
  #isTurnNext = false;
  readonly #guard: FrameGuard;

  constructor({ socket, raw, isClient, remote, limits, budget }: WsDuplexParts) {
    this.#socket = socket;
    this.#raw = raw;
    this.#remote = remote;
    this.maxMessageBytes = limits.maxMessageBytes;
    this.#closeTimeoutMs = limits.closeTimeoutMs;
    this.#bytesReadBefore = raw.bytesRead;
    this.#bytesWrittenBefore = raw.bytesWritten;
    this.#outbox = new Outbox(raw, new FramePacker(raw, isClient), {
      maxBytes: limits.maxWriteBufferBytes,
      stallMs: limits.writeStallMs,
      isOpen: () => socket.readyState === WebSocket.OPEN,
      onFault: (error) => this.close(error),
      onFlushed: this.#sayGoodbye,
    });
    this.#stopHeartbeat = startHeartbeat({
      intervalMs: limits.pingIntervalMs,
      received: () => (this.#isPaused ? undefined : raw.bytesRead),
      isBusy: () => this.buffered > 0,
      ping: () => socket.ping(),
      pong: () => socket.pong(),
      onSilence: (ms) => this.close(new Error(`${remote} is dead: it was silent for ${ms} ms, and pinged`)),
    });
    this.#anchor = new ProcessAnchor([raw]);
    this.#guard = new FrameGuard({
      ...limits,
      raw,
      remote,
      budget,
      isReading: () => !this.#isPaused,
      hasTalked: () => this.#guard.hasBegun || this.#outbox.bytesTaken > 0,
      wait: (isToWait) => (isToWait ? this.#pause() : this.#turns.schedule()),
      onFault: (error) => this.close(error),
    });
    answerPings(socket);
    raw.on('error', this.#onRawError);
    socket.on('message', this.#onMessage);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    this.#pause();
  }

  get buffered(): number {
    return this.#outbox.buffered;
  }

  get bytesIn(): number {
    return this.#raw.bytesRead - this.#bytesReadBefore;
  }

  get bytesOut(): number {
    return this.#raw.bytesWritten - this.#bytesWrittenBefore;
  }

  start(receiver: Receiver): void {
    if (this.#receiver !== undefined) throw new Error('A duplex is started once');
    this.#receiver = receiver;
    this.#guard.start();
    this.#turns.schedule();
  }

  send(message: string): Promise<void> | undefined {
    return this.#outbox.push(message);
  }

  hold(on: boolean): void {
    if (this.#isHeld === on) return;
    this.#isHeld = on;
    if (this.#receiver === undefined || this.#isClosing || this.#isClosed) return;
    this.#guard.wait(on ? this.#backlogBytes : 0);
    if (on) return this.#readLess();
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
    this.#dropBacklog();
    if (error === undefined) {
      this.ref();
      this.#heldWatch.stop();
      // Reading on to the other side's goodbye.
      this.#resume();
      this.#outbox.end();
    } else {
      this.#error ??= error;
      this.#outbox.stop();
      // The frame leaves at once, or never.
      this.#socket.close(FAULT);
      this.#socket.terminate();
    }
  }

  readonly #onMessage = (data: unknown): void => {
    if (this.#isClosing || this.#isBroken) return;
    const text = Buffer.isBuffer(data) ? decodeUtf8(data) : undefined;
    if (text === undefined) return this.#refuseText();
    this.#backlog.push(text);
    this.#backlogBytes += text.length;
    if (this.#isHeld) this.#guard.wait(this.#backlogBytes);
    this.#readLess();
    if (this.#isTurnNext || this.#isHeld || this.#receiver === undefined) return;
    this.#isTurnNext = true;
    nextTick(this.#takeTurn);
  };

  readonly #takeTurn = (): void => {
    this.#isTurnNext = false;
    this.#turns.request();
  };

  /** Read on until the backlog is full: a socket that is not read does not tell that it has ended. */
  #readLess(): void {
    const isFull = this.#backlogBytes > (this.#isHeld && this.#guard.isTight ? 0 : MAX_BACKLOG_BYTES);
    // A single long one that is about to be taken leaves time to read the next.
    if (!isFull || (!this.#isHeld && this.#backlog.length === 1)) return;
    this.#pause();
    if (this.#isHeld) this.#heldWatch.start();
  }

  #refuseText(): void {
    this.#break(new Error('a message is not valid UTF-8'), true);
    this.#socket.close(INVALID_TEXT);
    this.#resume();
  }

  /** Deliver what is there, within the limits of a turn; then whatever comes after the last message. */
  #deliver(): void {
    const receiver = this.#receiver;
    if (receiver === undefined) return;
    // Holding is for the living: when the connection has closed, the little that is left here is delivered.
    while (this.#backlog.length > 0 && (!this.#isHeld || this.#isClosed)) {
      const message = this.#backlog.shift() ?? '';
      this.#backlogBytes -= message.length;
      receiver.onMessage(message);
      if (this.#turns.isOver()) return this.#turns.schedule();
    }
    if (this.#backlog.length > 0) return;
    if (this.#isClosed) this.#reportClose(receiver);
    else this.#resume();
  }

  #dropBacklog(): void {
    this.#backlog.clear();
    this.#backlogBytes = 0;
  }

  #reportClose(receiver: Receiver): void {
    if (this.#isCloseReported) return;
    this.#isCloseReported = true;
    receiver.onClose(this.#error);
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  readonly #sayGoodbye = (): void => {
    this.#isFinished = true;
    this.#socket.close(GOODBYE);
    // The package has such a timer, too, but of the application's time.
    this.#closeTimer = setTimeout(() => this.#socket.terminate(), this.#closeTimeoutMs);
  };

  readonly #onRawError = (error: Error): void => {
    // After our goodbye a reset only says that the other side has gone for good.
    if (!this.#isFinished) this.#break(error, false);
  };

  /** The other side broke the protocol; `ws` tells it so, and closes. */
  readonly #onError = (error: Error): void => {
    const isLong = error.message === 'Max payload size exceeded';
    const long = `a message is longer than ${this.maxMessageBytes} bytes`;
    this.#break(isLong ? new Error(long, { cause: error }) : error, isProtocolFault(error));
  };

  /** What came before is delivered, nothing more is read, and the close will say why. */
  #break(cause: Error, isFault: boolean): void {
    this.#isBroken = true;
    this.#guard.stop();
    this.#error ??= brokenError(this.#remote, cause, isFault);
    this.#outbox.stop();
  }

  readonly #onClose = (code: number, reason: Buffer): void => {
    this.#isClosed = true;
    if (!this.#isFinished) this.#error ??= closeError(code, reason.toString(), this.#remote);
    this.#stopHeartbeat();
    this.#guard.stop();
    this.#heldWatch.stop();
    clearTimeout(this.#closeTimer);
    this.#anchor.release();
    this.#outbox.stop();
    this.#turns.schedule();
  };
}
