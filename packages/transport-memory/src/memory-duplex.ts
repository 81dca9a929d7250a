import { type Attachments, type Duplex, Gate, nextTurnBy, type Receiver } from '@bjsonrpc/protocol';
import type { Schedule } from './schedule.js';
import { giveWay } from './timers.js';

const nextTurn = nextTurnBy(giveWay);

const DEFAULT_MAX_BUFFERED = 1024 * 1024;

interface Item {
  readonly message: string;
  readonly attachments: Attachments | undefined;
  /** Of both. */
  readonly bytes: number;
  readonly arrivalMs: number;
}

/** What both ends of a connection share: how many deliveries it has left before it breaks. */
export interface Wire {
  deliveriesLeft: number;
}

export interface MemoryDuplexOptions {
  readonly wire: Wire;
  /** When what the other end sends arrives here. */
  readonly arrivals: Schedule;
  readonly maxBuffered: number | undefined;
  readonly maxMessageBytes: number | undefined;
  readonly carriesBytes: boolean;
}

/**
 * One end of a connection in memory. Messages wait at the end that will receive them. Bytes are counted in UTF-16
 * units, which for ASCII is the same; there is no framing to count.
 */
export class MemoryDuplex implements Duplex {
  readonly #wire: Wire;
  readonly #arrivals: Schedule;
  readonly #maxBuffered: number;
  readonly maxMessageBytes: number | undefined;
  readonly carriesBytes: boolean;
  readonly #maxBytes: number;
  /** The other end, until this one is closed. */
  #other: MemoryDuplex | undefined;

  /** Arrived or on their way, oldest first, from `#taken` on. */
  #inbox: Item[] = [];
  #taken = 0;
  #inboxBytes = 0;
  #receiver: Receiver | undefined;
  #isHeld = false;
  /** The way from the other end is a hole: nothing of what it says arrives, a close included. */
  #isStalled = false;
  #isTurnDue = false;
  /** Nothing more will come; the close is reported after the inbox. */
  #isEnded = false;
  #endArrivalMs = 0;
  #error: Error | undefined;
  #isCloseReported = false;
  readonly #room = new Gate();
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(options: MemoryDuplexOptions) {
    this.maxMessageBytes = options.maxMessageBytes;
    this.carriesBytes = options.carriesBytes;
    this.#maxBytes = options.maxMessageBytes ?? Number.POSITIVE_INFINITY;
    this.#wire = options.wire;
    this.#arrivals = options.arrivals;
    this.#maxBuffered = options.maxBuffered ?? DEFAULT_MAX_BUFFERED;
  }

  /** Make two ends one connection. */
  static link(a: MemoryDuplex, b: MemoryDuplex): void {
    a.#other = b;
    b.#other = a;
  }

  get buffered(): number {
    return this.#other === undefined ? 0 : this.#other.#inboxBytes;
  }

  get bytesIn(): number {
    return this.#bytesIn;
  }

  get bytesOut(): number {
    return this.#bytesOut;
  }

  start(receiver: Receiver): void {
    if (this.#receiver !== undefined) throw new Error('A duplex is started once');
    this.#receiver = receiver;
    this.#scheduleTurn(false);
  }

  send(message: string, attachments?: Attachments): Promise<void> | undefined {
    const other = this.#other;
    if (other === undefined) return nextTurn();
    const bytes = attachments ? lengthOf(message, attachments) : message.length;
    this.#bytesOut += bytes;
    // The other end has closed, or has heard that this one has.
    if (other.#other === undefined || other.#isEnded) return nextTurn();
    other.#inbox.push({ message, attachments, bytes, arrivalMs: other.#arrivals.arrivalMs() });
    other.#inboxBytes += bytes;
    other.#scheduleTurn(false);
    return other.#inboxBytes > this.#maxBuffered ? this.#room.wait() : undefined;
  }

  hold(on: boolean): void {
    this.#isHeld = on;
    if (!on) this.#scheduleTurn(false);
  }

  /** Nothing but what waits for it keeps a process alive: there is no socket here. */
  ref(): void {}

  unref(): void {}

  close(error?: Error): void {
    const other = this.#other;
    if (other === undefined) return;
    this.#end(error);
    if (error === undefined) other.#hearGoodbye();
    else other.#hearBreak(new Error('The other end broke the connection off'));
  }

  /** Whether nothing more will come or go. */
  get isOver(): boolean {
    return this.#isCloseReported || (this.#isEnded && this.#receiver === undefined);
  }

  /** From now on nothing arrives here, and nobody is told; or all of that does (false). */
  stall(on: boolean): void {
    this.#isStalled = on;
    if (!on) this.#scheduleTurn(false);
  }

  /** The network breaks the connection: both ends hear of an error, at once. */
  cut(): void {
    this.#cut();
  }

  /** The network ends the connection: both ends hear of a clean close, after what is on its way. */
  endByNetwork(): void {
    if (this.#other !== undefined) this.#other.#hearGoodbye();
    this.#hearGoodbye();
  }

  /** Report a close next, whatever was still to come. */
  #end(error: Error | undefined): void {
    this.#isEnded = true;
    this.#isStalled = false;
    this.#endArrivalMs = 0;
    this.#error = error;
    this.#inbox = [];
    this.#taken = 0;
    this.#inboxBytes = 0;
    if (this.#other !== undefined) this.#other.#room.open();
    this.#other = undefined;
    this.#room.open();
    // A turn may be due that waits for a message on its way. It will find nothing; this does not wait for it.
    this.#isTurnDue = false;
    this.#scheduleTurn(false);
  }

  /** The other end broke it off. Through a hole that is not heard; what was under way in it may still come out. */
  #hearBreak(error: Error): void {
    if (this.#isEnded) return;
    if (!this.#isStalled) return this.#end(error);
    this.#isEnded = true;
    this.#error = error;
    this.#room.open();
  }

  /** The other end closed cleanly: report it after what it had sent. */
  #hearGoodbye(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#endArrivalMs = this.#arrivals.arrivalMs();
    this.#room.open();
    this.#scheduleTurn(false);
  }

  #scheduleTurn(isSplit: boolean): void {
    if (
      this.#isTurnDue ||
      this.#isStalled ||
      (this.#isHeld && !this.#isEnded) ||
      this.#receiver === undefined
    )
      return;
    const next = this.#inbox[this.#taken];
    if (next === undefined && (!this.#isEnded || this.#isCloseReported)) return;
    this.#isTurnDue = true;
    this.#arrivals.atArrival(next?.arrivalMs ?? this.#endArrivalMs, isSplit, this.#takeTurn);
  }

  readonly #takeTurn = (): void => {
    this.#isTurnDue = false;
    const receiver = this.#receiver;
    if (receiver === undefined || this.#isStalled) return;
    let isSplit = false;
    // Holding is for the living: what is left when the other end has said goodbye is delivered.
    while ((!this.#isHeld || this.#isEnded) && !isSplit && !this.#isStalled) {
      const item = this.#inbox[this.#taken];
      if (item === undefined || !this.#arrivals.hasArrived(item.arrivalMs)) break;
      if (item.bytes > this.#maxBytes) {
        const error = new Error(`A message is longer than ${this.maxMessageBytes} bytes`);
        this.close(Object.assign(error, { isFault: true }));
        break;
      }
      this.#take(item);
      if (item.attachments) receiver.onMessage(item.message, item.attachments);
      else receiver.onMessage(item.message);
      if (--this.#wire.deliveriesLeft <= 0) this.#cut();
      isSplit = this.#arrivals.endsTurn();
    }
    if (!isSplit && this.#isReadyToReport()) {
      this.#isCloseReported = true;
      this.#other = undefined;
      receiver.onClose(this.#error);
    }
    this.#scheduleTurn(isSplit);
  };

  #isReadyToReport(): boolean {
    const isLast = this.#isEnded && !this.#isCloseReported && this.#taken === this.#inbox.length;
    return isLast && !this.#isStalled && this.#arrivals.hasArrived(this.#endArrivalMs);
  }

  #take(item: Item): void {
    this.#bytesIn += item.bytes;
    this.#inboxBytes -= item.bytes;
    if (++this.#taken === this.#inbox.length) {
      this.#inbox = [];
      this.#taken = 0;
    } else if (this.#taken >= 1024 && 2 * this.#taken >= this.#inbox.length) {
      this.#inbox = this.#inbox.slice(this.#taken);
      this.#taken = 0;
    }
    const other = this.#other;
    if (other !== undefined && this.#inboxBytes <= other.#maxBuffered / 2) other.#room.open();
  }

  #cut(): void {
    const other = this.#other;
    const error = new Error('The connection was cut');
    if (other === undefined) return;
    if (!other.#isEnded) other.#end(error);
    this.#end(error);
  }
}

function lengthOf(message: string, attachments: Attachments): number {
  return attachments.reduce((sum, { length }) => sum + length, message.length);
}
