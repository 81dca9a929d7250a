import { type Attachments, type Duplex, nextTurnBy, type Receiver } from '@bjsonrpc/protocol';
import type { Frame, Item, Unchecked } from './frames.js';
import { lengthOf } from './frames.js';
import { Inbox } from './inbox.js';
import { readItems, readyToPost } from './items.js';
import { CLOSING_WINDOW, Outbox } from './outbox.js';
import type { PortLimits } from './port-options.js';
import { StallWatch } from './stall-watch.js';
import { clearTimeout, giveWay, startTimer, type Timer } from './timers.js';

const nextTurn = nextTurnBy(giveWay);

/** What has been taken is told with the next messages, or when it is so much, or so many milliseconds later. */
const TELL_TAKEN = 512 * 1024;
const TELL_TAKEN_MS = 5;

/** What a connection uses of its port. */
export interface PortAccess {
  readonly remote: string;
  /** @throws what the platform throws */
  post(frame: Frame, transfer: readonly ArrayBuffer[]): void;
  /** The port is not needed any more. */
  leave(): void;
  ref?(): void;
  unref?(): void;
}

export interface PortDuplexParts {
  readonly port: PortAccess;
  /** The other end's name. */
  readonly to: string;
  readonly limits: PortLimits;
  readonly carriesBytes: boolean;
}

/**
 * One end of a connection through a port. A port takes whatever is posted and does not tell what becomes of it: so each side
 * says what it has taken, and goodbye. Lengths are in characters, and bytes beside messages, since these are at hand.
 */
export class PortDuplex implements Duplex {
  readonly carriesBytes: boolean;
  readonly maxMessageBytes: number;
  readonly #port: PortAccess;
  readonly #to: string;
  readonly #limits: PortLimits;
  readonly #inbox: Inbox = new Inbox((cost) => this.#took(cost));
  readonly #outbox: Outbox = new Outbox((items) => this.#postItems(items));
  readonly #watch: StallWatch;
  #taken = 0;
  #takenTimer: Timer | undefined;
  #closeTimer: Timer | undefined;
  #bytesIn = 0;
  #bytesOut = 0;
  /** This side has closed, and waits for the other's goodbye. */
  #isClosing = false;
  #isOver = false;
  readonly ref?: () => void;
  readonly unref?: () => void;

  constructor({ port, to, limits, carriesBytes }: PortDuplexParts) {
    this.#port = port;
    this.#to = to;
    this.#limits = limits;
    this.carriesBytes = carriesBytes;
    this.maxMessageBytes = limits.maxMessageBytes;
    this.#watch = new StallWatch(limits.writeStallMs, () =>
      this.breakOff(new Error(`The other side does not read: it took nothing for ${limits.writeStallMs} ms`)),
    );
    if (port.ref) this.ref = () => void (this.#isOver || port.ref?.());
    if (port.unref) this.unref = () => void (this.#isOver || port.unref?.());
  }

  get buffered(): number {
    return this.#outbox.cost;
  }

  get bytesIn(): number {
    return this.#bytesIn;
  }

  get bytesOut(): number {
    return this.#bytesOut;
  }

  start(receiver: Receiver): void {
    this.#inbox.start(receiver);
  }

  send(message: string, attachments?: Attachments): Promise<void> | undefined {
    if (this.#isClosing || this.#isOver) return nextTurn();
    const item: Item = attachments ? [message, ...attachments] : message;
    this.#bytesOut += lengthOf(item);
    return this.#outbox.add(item);
  }

  hold(on: boolean): void {
    this.#inbox.hold(on);
  }

  close(error?: Error): void {
    if (error) return this.breakOff(error);
    if (this.#isClosing || this.#isOver) return;
    this.#isClosing = true;
    this.#inbox.drop();
    this.#outbox.room.open();
    this.#outbox.finish(() => {
      this.#say({ bjsonrpc: 'bye', to: this.#to, isClean: true });
      this.#closeTimer = startTimer(
        () => this.#leave(() => this.#inbox.end(undefined)),
        this.#limits.closeTimeoutMs,
      );
    });
  }

  /** A frame for this end has come. */
  hear(frame: Unchecked): void {
    if (this.#isOver) return;
    if (frame.bjsonrpc === 'bye') return this.#hearBye(frame.isClean === true);
    const { taken } = frame;
    if (taken !== undefined && !this.#hearTaken(taken)) return this.#misunderstood('a frame cannot be read');
    if (frame.bjsonrpc === 'messages') this.#hearItems(readItems(frame.items, this.carriesBytes));
    else if (frame.bjsonrpc !== 'taken') this.#misunderstood('a frame is of a kind that there is not');
  }

  /** Both ends hear of an error, and what is on its way is dropped. */
  breakOff(error: Error): void {
    if (this.#isOver) return;
    this.#say({ bjsonrpc: 'bye', to: this.#to, isClean: false });
    this.#leave(() => this.#inbox.end(error));
  }

  #hearTaken(taken: unknown): boolean {
    if (typeof taken !== 'number' || !(taken >= 0) || !this.#outbox.taken(taken)) return false;
    this.#watch.progressed(this.#outbox.isUnderWay);
    return true;
  }

  #hearItems(items: readonly Item[] | undefined): void {
    if (items === undefined) return this.#misunderstood('a frame cannot be read');
    if (this.#isClosing) return;
    const { maxMessageBytes } = this;
    const tooLong = items.findIndex((item) => lengthOf(item) > maxMessageBytes);
    const good = tooLong === -1 ? items : items.slice(0, tooLong);
    for (const item of good) this.#bytesIn += lengthOf(item);
    this.#inbox.put(good);
    if (tooLong !== -1) this.#fault(`A message is longer than ${maxMessageBytes} bytes`);
    else if (this.#inbox.cost > CLOSING_WINDOW + 2 * maxMessageBytes)
      this.#misunderstood('the other side sends what it was not asked for');
  }

  #hearBye(isClean: boolean): void {
    if (this.#isClosing) return this.#leave(() => this.#inbox.end(undefined));
    if (!isClean) {
      const error = new Error(`The connection to ${this.#port.remote} was broken off by it`);
      return this.#leave(() => this.#inbox.end(error));
    }
    this.#say({ bjsonrpc: 'bye', to: this.#to, isClean: true });
    this.#leave(() => this.#inbox.endAfterAll());
  }

  #misunderstood(why: string): void {
    this.#fault(`The connection to ${this.#port.remote} broke: ${why}`);
  }

  /** The other side sent what cannot be taken, on any connection. */
  #fault(message: string): void {
    this.breakOff(Object.assign(new Error(message), { isFault: true }));
  }

  /** Nothing comes or goes any more. */
  #leave(endInbox: () => void): void {
    this.#isOver = true;
    clearTimeout(this.#takenTimer);
    clearTimeout(this.#closeTimer);
    this.#watch.stop();
    this.#outbox.drop();
    endInbox();
    this.#port.leave();
  }

  #took(cost: number): void {
    this.#taken += cost;
    if (this.#taken >= TELL_TAKEN) this.#tellTaken();
    else this.#takenTimer ??= startTimer(() => this.#tellTaken(), TELL_TAKEN_MS);
  }

  #tellTaken(): void {
    const taken = this.#takeTaken();
    if (taken > 0 && !this.#isOver) this.#say({ bjsonrpc: 'taken', to: this.#to, taken });
  }

  /** What has been taken and not been told. It is told now. */
  #takeTaken(): number {
    clearTimeout(this.#takenTimer);
    this.#takenTimer = undefined;
    const taken = this.#taken;
    this.#taken = 0;
    return taken;
  }

  #postItems(given: readonly Item[]): void {
    if (this.#isOver) return;
    try {
      const { items, transfer } = readyToPost(given, this.#limits.transfer);
      const taken = this.#takeTaken();
      this.#port.post({ bjsonrpc: 'messages', to: this.#to, items, ...(taken > 0 && { taken }) }, transfer);
      this.#watch.start();
    } catch (cause) {
      this.breakOff(
        new Error(`Cannot send through ${this.#port.remote}: ${(cause as Error).message}`, { cause }),
      );
    }
  }

  /** What may fail, since the port may have gone without a word: pings find that, and what is sent. */
  #say(frame: Frame): void {
    try {
      this.#port.post(frame, []);
    } catch {
      // As above.
    }
  }
}
