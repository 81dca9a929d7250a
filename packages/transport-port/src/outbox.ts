import { Gate } from '@bjsonrpc/protocol';
import { costOf, type Item } from './frames.js';
import { queueMicrotask } from './timers.js';

/** So much may be under way to the other side, who says what it has taken. Above it `send` asks its caller to wait. */
const WINDOW = 1024 * 1024;
/** And so much when this side has closed: then the goodbye is heard by who does not read, too. */
export const CLOSING_WINDOW: number = 32 * 1024 * 1024;
/** A frame has so many messages at most, and little more than so much in them: others go between two frames. */
const FRAME_MESSAGES = 256;
const FRAME_COST = 256 * 1024;

/** What is sent and not yet taken by the other side. What is sent within a turn goes together. */
export class Outbox {
  readonly #post: (items: readonly Item[]) => void;
  readonly room: Gate = new Gate();
  #items: Item[] = [];
  #next = 0;
  /** Of what waits here, and of what is posted. */
  #waiting = 0;
  #underWay = 0;
  #window: number = WINDOW;
  #isFlushDue = false;
  /** What to do when all is posted: this side has closed. */
  #onPosted: (() => void) | undefined;

  /** @param post may not throw */
  constructor(post: (items: readonly Item[]) => void) {
    this.#post = post;
  }

  get cost(): number {
    return this.#waiting + this.#underWay;
  }

  get isUnderWay(): boolean {
    return this.#underWay > 0;
  }

  add(item: Item): Promise<void> | undefined {
    this.#items.push(item);
    this.#waiting += costOf(item);
    if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      queueMicrotask(() => this.#flush());
    }
    return this.cost > WINDOW ? this.room.wait() : undefined;
  }

  /** The other side has taken so much. @returns whether it can have */
  taken(cost: number): boolean {
    if (cost > this.#underWay) return false;
    this.#underWay -= cost;
    this.#flush();
    if (this.cost <= WINDOW / 2) this.room.open();
    return true;
  }

  /** Nothing is added any more. Calls back, perhaps at once, when all of it is posted. */
  finish(onPosted: () => void): void {
    this.#window = CLOSING_WINDOW;
    this.#onPosted = onPosted;
    this.#flush();
  }

  drop(): void {
    this.#items = [];
    this.#next = this.#waiting = this.#underWay = 0;
    this.#onPosted = undefined;
    this.room.open();
  }

  #flush(): void {
    this.#isFlushDue = false;
    while (this.#next < this.#items.length && this.#underWay < this.#window) this.#postFrame();
    if (2 * this.#next >= this.#items.length) {
      this.#items = this.#items.slice(this.#next);
      this.#next = 0;
    }
    if (this.#items.length > 0) return;
    const onPosted = this.#onPosted;
    this.#onPosted = undefined;
    onPosted?.();
  }

  #postFrame(): void {
    const first = this.#next;
    let cost = 0;
    do {
      cost += costOf(this.#items[this.#next++] as Item);
    } while (this.#next < this.#items.length && this.#next - first < FRAME_MESSAGES && cost < FRAME_COST);
    this.#waiting -= cost;
    this.#underWay += cost;
    this.#post(this.#items.slice(first, this.#next));
  }
}
