import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import {
  decodeUtf8,
  type InputBudget,
  MAX_BACKLOG_BYTES,
  nextTick,
  StreamDuplex,
} from '@bjsonrpc/byte-stream';
import type { Attachments, Receiver } from '@bjsonrpc/protocol';
import type { WebSocket } from 'ws';
import { Incoming } from './attachments.js';
import { Backlog } from './backlog.js';
import {
  brokenError,
  closeError,
  FAULT,
  GOODBYE,
  INVALID_TEXT,
  isProtocolFault,
  UNEXPECTED,
} from './close-error.js';
import type { Deflating } from './deflate.js';
import { FrameGuard, type GuardedFrames } from './frame-guard.js';
import { FramePacker } from './frame-packer.js';
import { type Beating, Heartbeat } from './heartbeat.js';
import type { NodeWsLimits } from './node-limits.js';
import { Pongs } from './pongs.js';

export interface WsDuplexParts {
  /** Open, its options those of `connectionOptions`, and ours alone. */
  readonly socket: WebSocket;
  /** What it stands on: frames are written there, read by `ws`. */
  readonly raw: Socket;
  /** Whether we are the client. */
  readonly isClient: boolean;
  /** How texts are compressed; undefined: they are not. */
  readonly deflating?: Deflating | undefined;
  /** The other side's name in errors. */
  readonly remote: string;
  readonly limits: NodeWsLimits;
  /** Shared by the connections of one listener. Default: one of its own. */
  readonly budget?: InputBudget;
}

/** With this begins the text that announces binary frames. */
const STAR = 0x2a;

/**
 * One WebSocket of the `ws` package as a Duplex. Its life, as seen by the reading side:
 *
 *     unstarted --start--> open --close frame, or none--> closed
 *                            \--close()--> closing (reads on, delivers nothing) --> closed
 *
 * What comes in one chunk is delivered together, right after `ws` is through with it. Closed is reported after that,
 * and not before start.
 */
export class WsDuplex extends StreamDuplex implements GuardedFrames, Beating {
  readonly #socket: WebSocket;
  readonly #raw: Socket;
  readonly #bytesReadBefore: number;
  readonly #bytesWrittenBefore: number;
  protected readonly guard: FrameGuard;
  readonly #heartbeat: Heartbeat;
  /** Made when somebody pings. */
  #pongs: Pongs | undefined;
  readonly #backlog = new Backlog();
  protected attachments: Attachments | undefined;
  /** What stands before the next message. */
  readonly #incoming: Incoming;
  #isPaused = false;
  /** Nothing more is read; what came before is delivered, then the close. */
  #isBroken = false;
  protected isClosed = false;
  /** A turn is to begin as soon as `ws` is through with a chunk. */
  #isTurnNext = false;

  constructor({ socket, raw, isClient, deflating, remote, limits, budget }: WsDuplexParts) {
    const packer = new FramePacker(raw, { masked: isClient, deflating });
    super({ stream: raw, packer, remote, limits, carriesBytes: true });
    this.#incoming = new Incoming(limits.maxMessageBytes);
    this.#socket = socket;
    this.#raw = raw;
    this.#bytesReadBefore = raw.bytesRead;
    this.#bytesWrittenBefore = raw.bytesWritten;
    this.#heartbeat = new Heartbeat(this, limits.pingIntervalMs);
    this.guard = new FrameGuard({ input: this, raw, budget, limits });
    raw.on('error', this.#onRawError);
    socket.on('message', this.#onMessage);
    socket.on('ping', this.#onPing);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    this.pause();
  }

  get bytesIn(): number {
    return this.#raw.bytesRead - this.#bytesReadBefore;
  }

  get bytesOut(): number {
    return this.#raw.bytesWritten - this.#bytesWrittenBefore;
  }

  get backlogBytes(): number {
    return this.#backlog.bytes;
  }

  get bytesHeard(): number | undefined {
    return this.#isPaused ? undefined : this.#raw.bytesRead;
  }

  get isReading(): boolean {
    return !this.#isPaused;
  }

  get isWritable(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get hasTalked(): boolean {
    return this.guard.hasBegun || this.outbox.bytesTaken > 0;
  }

  ping(): void {
    this.#socket.ping();
  }

  pong(): void {
    this.#socket.pong();
  }

  silent(ms: number): void {
    this.close(new Error(`${this.remote} is dead: it was silent for ${ms} ms, and pinged`));
  }

  hasRead(bytes: number): void {
    if (!this.turns.hasReadEnough(bytes) || this.#isPaused || this.isHeld || this.isClosing) return;
    this.pause();
    this.turns.schedule();
  }

  flushed(): void {
    // The package has a timer for it, too, but of the application's time.
    this.finish();
    this.#socket.close(GOODBYE);
  }

  protected get mayDeliver(): boolean {
    return !this.isHeld || this.isOverCleanly || this.#backlog.length === 0;
  }

  protected get streams(): readonly object[] {
    return [this.#raw];
  }

  protected begin(): void {
    this.guard.start();
    this.turns.schedule();
  }

  /** Read on until the backlog is full: a socket that is not read does not tell that it has ended. */
  protected readLess(): void {
    const isFull = this.#backlog.bytes > (this.isHeld && this.guard.isTight ? 0 : MAX_BACKLOG_BYTES);
    // A single long one that is about to be taken leaves time to read the next.
    if (!isFull || (!this.isHeld && this.#backlog.length === 1)) return;
    this.pause();
    if (this.isHeld) this.startHeldWatch();
  }

  protected weigh(): void {
    this.guard.wait(this.#incoming.bytes + (this.isHeld ? this.#backlog.bytes : 0));
  }

  protected pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  protected resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  /** With a full backlog nothing is read; a sign of life to who has gone meets a reset. */
  protected lookWhileHeld(): void {
    this.pong();
  }

  protected next(): string | undefined {
    const item = this.#backlog.shift();
    this.attachments = item?.attachments;
    return item?.text;
  }

  protected afterLastMessage(receiver: Receiver): void {
    if (this.isClosed) this.reportClose(receiver);
    else this.resume();
  }

  protected dropBacklog(): void {
    this.#backlog.clear();
  }

  protected destroy(): void {
    // The frame leaves at once, or never.
    this.#socket.close(FAULT);
    this.#socket.terminate();
  }

  readonly #onMessage = (data: Buffer, isBinary: boolean): void => {
    if (this.isClosing || this.#isBroken) return;
    if (isBinary && this.#incoming.isExpected) return this.#onBytes(data);
    const text = Buffer.isBuffer(data) ? decodeUtf8(data) : undefined;
    if (text === undefined) return this.#refuseIf('a message is not valid UTF-8', INVALID_TEXT);
    if (text.charCodeAt(0) === STAR) return this.#announced(text);
    const { bytes, isUnderWay } = this.#incoming;
    const attachments = this.#incoming.take(data.length);
    if (typeof attachments === 'string') return this.#refuseIf(attachments);
    if (isUnderWay) this.guard.expect(0);
    this.#backlog.push({ text, attachments, bytes: text.length + bytes });
    if (this.isHeld) this.weigh();
    this.readLess();
    if (this.#isTurnNext || this.isHeld || this.receiver === undefined) return;
    this.#isTurnNext = true;
    nextTick(this.#takeTurnSoon);
  };

  readonly #takeTurnSoon = (): void => {
    this.#isTurnNext = false;
    this.turns.request();
  };

  #announced(text: string): void {
    this.#refuseIf(this.#incoming.announced(text));
    this.guard.expect(text.length);
  }

  /** They may share what they came in with others. */
  #onBytes(data: Buffer): void {
    const isOwn = data.length === data.buffer.byteLength && data.buffer instanceof ArrayBuffer;
    const bytes = isOwn ? new Uint8Array(data.buffer as ArrayBuffer) : new Uint8Array(data);
    this.#refuseIf(this.#incoming.add(bytes));
    this.guard.expect(Math.max(1, this.#incoming.bytes));
    this.weigh();
  }

  /** `why` undefined: there is nothing wrong. */
  #refuseIf(why: string | undefined, code: number = UNEXPECTED): void {
    if (why === undefined) return;
    this.#break(new Error(why), true);
    this.#socket.close(code);
    this.resume();
  }

  readonly #onPing = (ping: Buffer): void => {
    this.#pongs ??= new Pongs(this.#socket);
    this.#pongs.pinged(ping);
  };

  readonly #onRawError = (error: Error): void => {
    // After our goodbye a reset only says that the other side has gone for good.
    if (!this.isFinished) this.#break(error, false);
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
    this.guard.stop();
    this.error ??= brokenError(this.remote, cause, isFault);
    this.outbox.stop();
  }

  readonly #onClose = (code: number, reason: Buffer): void => {
    this.isClosed = true;
    if (!this.isFinished) this.error ??= closeError(code, reason.toString(), this.remote);
    this.#heartbeat.stop();
    this.release();
  };
}
