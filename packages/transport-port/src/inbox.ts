import type { Attachments, Receiver } from '@bjsonrpc/protocol';
import { costOf, type Item } from './frames.js';
import { giveWay, queueMicrotask } from './timers.js';

/** A turn is over after this many messages: then others go first. */
const TURN_MESSAGES = 256;

/** What has come and is not yet delivered; and the end, which comes after it. */
export class Inbox {
  readonly #onTaken: (cost: number) => void;
  #items: Item[] = [];
  #next = 0;
  #cost = 0;
  #receiver: Receiver | undefined;
  #isHeld = false;
  #isTurnDue = false;
  #end: { readonly error: Error | undefined } | undefined;
  #isEndReported = false;

  /** @param onTaken hears what has been delivered */
  constructor(onTaken: (cost: number) => void) {
    this.#onTaken = onTaken;
  }

  /** Of all that waits. */
  get cost(): number {
    return this.#cost;
  }

  start(receiver: Receiver): void {
    if (this.#receiver !== undefined) throw new Error('A duplex is started once');
    this.#receiver = receiver;
    this.#schedule(queueMicrotask);
  }

  hold(on: boolean): void {
    this.#isHeld = on;
    this.#schedule(queueMicrotask);
  }

  /** As it comes: what can be delivered is, before this returns. */
  put(items: readonly Item[]): void {
    if (this.#end) return;
    for (const item of items) {
      this.#items.push(item);
      this.#cost += costOf(item);
    }
    if (!this.#isTurnDue) this.#takeTurn();
  }

  /** The other side has said goodbye: what it had sent is delivered, held or not, and then the end. */
  endAfterAll(): void {
    this.#end ??= { error: undefined };
    this.#schedule(queueMicrotask);
  }

  /** The end is all that is still delivered. */
  end(error: Error | undefined): void {
    this.drop();
    this.#end = { error };
    this.#schedule(queueMicrotask);
  }

  /** What has not been delivered never is. */
  drop(): void {
    this.#items = [];
    this.#next = this.#cost = 0;
  }

  #schedule(how: (callback: () => void) => unknown): void {
    if (this.#isTurnDue || !this.#receiver || this.#isEndReported) return;
    this.#isTurnDue = true;
    how(() => {
      this.#isTurnDue = false;
      this.#takeTurn();
    });
  }

  #takeTurn(): void {
    const receiver = this.#receiver;
    if (!receiver || this.#isEndReported) return;
    let taken = 0;
    for (let turns = 0; turns < TURN_MESSAGES && (!this.#isHeld || this.#end); turns++) {
      const item = this.#items[this.#next];
      if (item === undefined) break;
      const cost = costOf(item);
      this.#next++;
      this.#cost -= cost;
      taken += cost;
      deliver(item, receiver);
    }
    if (taken > 0) this.#onTaken(taken);
    if (this.#next < this.#items.length) {
      if (!this.#isHeld || this.#end) this.#schedule(giveWay);
      return;
    }
    this.#items = [];
    this.#next = 0;
    if (!this.#end) return;
    this.#isEndReported = true;
    receiver.onClose(this.#end.error);
  }
}

function deliver(item: Item, receiver: Receiver): void {
  if (typeof item === 'string') return receiver.onMessage(item);
  const [text, ...attachments] = item;
  receiver.onMessage(text, attachments as Attachments);
}
