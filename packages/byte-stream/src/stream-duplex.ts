import type { Writable } from 'node:stream';
import type { Attachments, Duplex, Receiver } from '@bjsonrpc/protocol';
import { HeldWatch } from './held-watch.js';
import type { GuardedInput, InputGuard, InputGuardLimits } from './input-guard.js';
import { Outbox, type OutboxLimits, type OutboxOwner } from './outbox.js';
import type { Packer } from './packer.js';
import { anchorProcess, canBeRefed, releaseProcess } from './process-anchor.js';
import { clearTimeout, setTimeout } from './timers.js';
import { Turns, type TurnTaker } from './turns.js';

/** The limits of one connection. */
export interface StreamDuplexLimits extends OutboxLimits, InputGuardLimits {
  readonly maxMessageBytes: number;
  readonly closeTimeoutMs: number;
}

export interface StreamDuplexParts {
  /** Where messages go out. */
  readonly stream: Writable;
  readonly packer: Packer;
  /** The other side's name in errors. */
  readonly remote: string;
  readonly limits: StreamDuplexLimits;
  /** Whether bytes may go beside a message. Default: no. */
  readonly carriesBytes?: boolean | undefined;
}

/**
 * What each Duplex over a stream of bytes is: how it starts, is held, takes its turns and closes. How messages come in, and
 * what holding and closing mean to the stream, is said by whoever extends it.
 *
 * It is what its parts (turns, outbox, guard) see of it, too: one object for each connection, and no closures, since there
 * may be ten thousand of them.
 */
export abstract class StreamDuplex implements Duplex, TurnTaker, OutboxOwner, GuardedInput {
  readonly remote: string;
  readonly maxMessageBytes: number;
  readonly carriesBytes: boolean;
  readonly #closeTimeoutMs: number;
  protected readonly turns: Turns = new Turns(this);
  protected readonly outbox: Outbox;
  protected abstract readonly guard: InputGuard;

  protected receiver: Receiver | undefined;
  protected isHeld = false;
  /** Closed by us: nothing is delivered any more but the close itself. */
  protected isClosing = false;
  /** All that we had to say is written, our goodbye included. */
  protected isFinished = false;
  /** A message was delivered. */
  protected hasHeard = false;
  protected error: Error | undefined;
  #isAnchored = true;
  #isReleased = false;
  #isCloseReported = false;
  #closeTimer: NodeJS.Timeout | undefined;
  #heldWatch: HeldWatch | undefined;

  constructor({ stream, packer, remote, limits, carriesBytes = false }: StreamDuplexParts) {
    this.remote = remote;
    this.carriesBytes = carriesBytes;
    this.maxMessageBytes = limits.maxMessageBytes;
    this.#closeTimeoutMs = limits.closeTimeoutMs;
    this.outbox = new Outbox(stream, packer, { owner: this, limits });
    anchorProcess();
  }

  abstract readonly bytesIn: number;
  abstract readonly bytesOut: number;
  abstract readonly backlogBytes: number;
  abstract readonly isReading: boolean;
  abstract readonly isWritable: boolean;
  abstract readonly hasTalked: boolean;
  abstract flushed(): void;

  /** Nothing more comes, and nothing can be sent. */
  protected abstract readonly isClosed: boolean;
  /** Whether what has come may be delivered, held or not. */
  protected abstract readonly mayDeliver: boolean;
  /** What may keep the process alive. */
  protected abstract readonly streams: readonly object[];
  /** Delivery begins. */
  protected abstract begin(): void;
  /** Reading is held from now on. */
  protected abstract readLess(): void;
  /** Say to the guard what is kept and cannot be handed over. */
  protected abstract weigh(): void;
  protected abstract pause(): void;
  protected abstract resume(): void;
  /** Look whether the other side is still there, while reading is held. */
  protected abstract lookWhileHeld(): void;
  /** The next message that has come whole. */
  protected abstract next(): string | undefined;
  /** What stood beside it. */
  protected abstract readonly attachments: Attachments | undefined;
  protected abstract afterLastMessage(receiver: Receiver): void;
  /** Let go of what will not be delivered. */
  protected abstract dropBacklog(): void;
  protected abstract destroy(): void;

  get buffered(): number {
    return this.outbox.buffered;
  }

  get isDue(): boolean {
    return this.turns.isDue && this.backlogBytes > 0;
  }

  start(receiver: Receiver): void {
    if (this.receiver !== undefined) throw new Error('A duplex is started once');
    this.receiver = receiver;
    this.begin();
  }

  send(message: string, attachments?: Attachments): Promise<void> | undefined {
    return this.outbox.push(message, attachments);
  }

  hold(on: boolean): void {
    if (this.isHeld === on) return;
    this.isHeld = on;
    if (this.receiver === undefined || this.isClosing || this.isClosed) return;
    this.weigh();
    if (on) return this.readLess();
    this.stopHeldWatch();
    this.turns.schedule();
  }

  ref(): void {
    if (!this.#isReleased) this.#anchor(true);
  }

  unref(): void {
    // A goodbye under way is brought to its end.
    if (!this.#isReleased && !this.isClosing) this.#anchor(false);
  }

  close(error?: Error): void {
    if (this.isClosed || (this.isClosing && error === undefined)) return;
    this.isClosing = true;
    this.guard.stop();
    this.dropBacklog();
    if (error === undefined) {
      this.ref();
      this.stopHeldWatch();
      // Reading on to the other side's end: a socket closed with unread bytes resets, and takes back what it sent.
      this.resume();
      this.outbox.end();
    } else {
      this.error ??= error;
      this.outbox.stop();
      this.destroy();
    }
  }

  /**
   * Holding is for the living: what is left of a connection that was closed is little, and delivered. Who held while it broke has
   * enough to do, and nobody to answer.
   */
  protected get isOverCleanly(): boolean {
    return this.isClosed && this.error === undefined;
  }

  /** Deliver what is there, within the limits of a turn; then whatever comes after the last message. */
  takeTurn(): void {
    const { receiver } = this;
    if (receiver === undefined) return;
    while (!this.isClosing && this.mayDeliver) {
      const message = this.next();
      if (message === undefined) return this.afterLastMessage(receiver);
      if (!this.hasHeard) {
        this.hasHeard = true;
        this.guard.heard();
      }
      const { attachments } = this;
      if (attachments) receiver.onMessage(message, attachments);
      else receiver.onMessage(message);
      if (this.turns.isOver()) return this.turns.schedule();
    }
    if (this.isClosed) this.reportClose(receiver);
  }

  waitForRoom(isToWait: boolean): void {
    if (isToWait) this.pause();
    else this.turns.schedule();
  }

  protected reportClose(receiver: Receiver): void {
    if (this.#isCloseReported) return;
    this.#isCloseReported = true;
    receiver.onClose(this.error);
  }

  protected startHeldWatch(): void {
    this.#heldWatch ??= new HeldWatch(() => this.lookWhileHeld());
    this.#heldWatch.start();
  }

  protected stopHeldWatch(): void {
    this.#heldWatch?.stop();
    this.#heldWatch = undefined;
  }

  /** All is said: the other side has so long to close as well. */
  protected finish(): void {
    this.isFinished = true;
    this.#closeTimer = setTimeout(() => this.destroy(), this.#closeTimeoutMs);
  }

  /** It is closed: nothing is left to watch. What has come, and the close, are delivered. */
  protected release(): void {
    clearTimeout(this.#closeTimer);
    this.stopHeldWatch();
    this.guard.stop();
    if (this.#isAnchored) releaseProcess();
    this.#isReleased = true;
    this.outbox.stop();
    this.turns.schedule();
  }

  #anchor(on: boolean): void {
    for (const stream of this.streams) if (canBeRefed(stream)) on ? stream.ref() : stream.unref();
    if (on === this.#isAnchored) return;
    this.#isAnchored = on;
    if (on) anchorProcess();
    else releaseProcess();
  }
}
