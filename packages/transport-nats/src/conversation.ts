import { Buffer } from 'node:buffer';
import { Duplex } from 'node:stream';
import { now } from '@bjsonrpc/byte-stream';
import { amountOf, dataFrame, type Frame, line } from './frames.js';
import { Inflow } from './inflow.js';
import { SendBuffer } from './send-buffer.js';
import { MAX_WINDOW_BYTES, type Window } from './window.js';

/** What a conversation needs of where it stands. */
export interface Ground {
  /** Whether NATS can be reached, as far as is known. */
  readonly isUp: boolean;
  /** The most bytes of data in one message. */
  readonly pieceBytes: number;
  publish(subject: string, data: Uint8Array, reply?: string): void;
  /** It asks, and is to be told to {@link Conversation.insist} at every look until it has its answer. */
  asks(conversation: Conversation): void;
  /** It has ended. `isMutual`: both sides know; otherwise the other is to be told until it says so. */
  ended(conversation: Conversation, isMutual: boolean): void;
}

export interface ConversationParts {
  readonly ground: Ground;
  /** Its own subject, and the other end's. */
  readonly at: string;
  readonly to: string;
  /** How much may come at first, and how much may be sent. */
  readonly window: Window;
  readonly limit: number;
}

/** A question that comes again within so many milliseconds has the same answer, which is under way. */
const SAME_QUESTION_MS = 100;

/** So seldom, in looks, a question is asked again at last. */
const MAX_LOOKS = 8;

type Callback = (error?: Error | null) => void;

/**
 * A stream of bytes, in order and without loss, over a connection of NATS that comes and goes, and delivers at most once.
 * What was sent is kept until the other side has it. After anything that may have lost some (NATS was away, there is a gap,
 * nothing was confirmed for long), each side says how far it got and asks (`S`), and is sent the rest again (`A`).
 *
 * What its writer writes waits until it has gone out; so does its end, until the other side has confirmed that.
 */
export class Conversation extends Duplex {
  readonly at: string;
  readonly to: string;
  readonly #ground: Ground;
  readonly #out = new SendBuffer();
  readonly #in: Inflow;
  /** So far the other side takes it. */
  #limit: number;
  /** It was asked how far it got, and nothing is sent before it has answered. */
  #isAsking = false;
  #looksAsking = 0;
  #answeredMs = Number.NEGATIVE_INFINITY;
  #answeredAt = -1;
  #isReading = false;
  #isEndRead = false;
  #written: Callback | undefined;
  #finished: Callback | undefined;
  #receivedBefore = -1;

  constructor({ ground, at, to, window, limit }: ConversationParts) {
    super({ allowHalfOpen: true, decodeStrings: false, readableHighWaterMark: 16 * 1024 });
    this.#ground = ground;
    this.at = at;
    this.to = to;
    this.#in = new Inflow(window);
    this.#limit = limit;
  }

  /** Something came for it. */
  receive({ kind, words, bytes }: Frame): void {
    if (this.destroyed) return;
    if (kind === 'R' || kind === 'X') return this.#lost(kind);
    const isPlaced = kind === 'D' || kind === 'F';
    const [received, limit] = (isPlaced ? words.slice(1) : words).map(amountOf);
    if (!this.#out.confirm(received ?? Number.NaN) || !((limit ?? Number.NaN) >= 0)) return this.#fault();
    this.#limit = Math.max(this.#limit, limit ?? 0);
    if (isPlaced) this.#take(amountOf(words[0]), kind === 'F' ? undefined : bytes);
    else if (kind === 'S' || (kind === 'A' && this.#isAsking)) this.#repeat(kind);
    this.#goOn();
  }

  /** NATS is back, or there is reason to think that something was lost. */
  ask(): void {
    if (this.destroyed) return;
    this.#isAsking = true;
    this.#looksAsking = 0;
    this.#ground.asks(this);
    if (this.#ground.isUp) this.#publish('S', this.at);
  }

  /** At every look while it asks: ask again, more and more seldom. False: it has its answer. */
  insist(): boolean {
    if (!this.#isAsking || this.destroyed) return false;
    const looks = ++this.#looksAsking;
    const isTime = looks % MAX_LOOKS === 0 || (looks & (looks - 1)) === 0;
    if (isTime && this.#ground.isUp) this.#publish('S', this.at);
    return true;
  }

  /** Every second or so: is what is under way confirmed, or asked for? */
  look(): void {
    const { received, isOpen } = this.#out;
    const isStuck = isOpen && !this.#isAsking && received === this.#receivedBefore;
    this.#receivedBefore = received;
    if (isStuck) this.ask();
  }

  override _write(chunk: string | Uint8Array, encoding: BufferEncoding, callback: Callback): void {
    this.#out.add(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
    this.#written = callback;
    this.#goOn();
  }

  override _final(callback: Callback): void {
    this.#finished = callback;
    this.#out.finish();
    this.#goOn();
  }

  override _read(): void {
    this.#isReading = true;
    this.#deliver();
  }

  override _destroy(error: Error | null, callback: Callback): void {
    const isMutual = this.#out.isDone && this.#in.isEnded;
    this.#out.clear();
    this.#in.clear();
    this.#ground.ended(this, isMutual);
    callback(error);
  }

  #take(offset: number, bytes: Uint8Array | undefined): void {
    const came = bytes === undefined ? this.#in.end(offset) : this.#in.take(offset, bytes);
    if (came === 'fault' || Number.isNaN(offset)) return this.#fault();
    if (came === 'gap') {
      if (!this.#isAsking) this.ask();
      return;
    }
    this.#deliver();
    if (bytes === undefined && !this.destroyed) this.#publish('C');
  }

  #repeat(kind: 'S' | 'A'): void {
    if (kind === 'A') {
      this.#isAsking = false;
      this.#out.rewind();
      return;
    }
    this.#publish('A');
    // Whoever was asleep finds the same question many times.
    const nowMs = now();
    if (this.#out.received === this.#answeredAt && nowMs - this.#answeredMs < SAME_QUESTION_MS) return;
    this.#answeredAt = this.#out.received;
    this.#answeredMs = nowMs;
    this.#out.rewind();
  }

  #deliver(): void {
    while (this.#isReading) {
      const bytes = this.#in.next();
      if (bytes === undefined) break;
      this.#isReading = this.push(bytes);
    }
    if (this.#in.isEmpty && this.#in.isEnded && !this.#isEndRead) {
      this.#isEndRead = true;
      this.push(null);
    }
    if (!this.destroyed && this.#in.isWorthTelling) this.#publish('C');
  }

  /** Send what may be sent, and tell those who wait for it. */
  #goOn(): void {
    if (this.destroyed) return;
    this.#send();
    if (this.#written !== undefined && this.#out.isSent) {
      const written = this.#written;
      this.#written = undefined;
      written();
    }
    if (this.#finished !== undefined && this.#out.isDone) {
      const finished = this.#finished;
      this.#finished = undefined;
      finished();
    }
  }

  #send(): void {
    const { isUp, pieceBytes: maxBytes } = this.#ground;
    if (!isUp || this.#isAsking) return;
    const limit = Math.min(this.#limit, this.#out.received + MAX_WINDOW_BYTES);
    for (;;) {
      const piece = this.#out.take({ limit, maxBytes });
      if (piece === undefined) break;
      const frame = dataFrame(piece.bytes, { offset: piece.offset, ...this.#in.tell() });
      this.#ground.publish(this.to, frame);
    }
    if (this.#out.takeEnd()) {
      const { received, limit } = this.#in.tell();
      this.#ground.publish(this.to, line('F', this.#out.end, received, limit));
    }
  }

  #publish(kind: 'S' | 'A' | 'C', reply?: string): void {
    const { received, limit } = this.#in.tell();
    this.#ground.publish(this.to, line(kind, received, limit), reply);
  }

  #lost(kind: 'R' | 'X'): void {
    // Both have said goodbye, and the other side has forgotten it before its answer came through.
    if (kind === 'X' && this.#in.isEnded && this.writableEnded) this.destroy();
    else if (kind === 'X') this.destroy(new Error('the other side does not know the connection any more'));
    else this.destroy(new Error('the other side broke it off'));
  }

  #fault(): void {
    this.destroy(new Error('the other side does not keep to the protocol of conversations over NATS'));
  }
}
