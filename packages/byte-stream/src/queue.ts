/** Below this many, what was taken is not worth clearing away. */
const MIN_CLEARED = 1024;

/** First in, first out, at the same cost however many wait. What was taken is not kept alive. */
export class Queue<Item> {
  /** From `#next` on. */
  #items: (Item | undefined)[] = [];
  #next = 0;

  get length(): number {
    return this.#items.length - this.#next;
  }

  /** The one that {@link shift} would take. */
  get first(): Item | undefined {
    return this.#items[this.#next];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    const items = this.#items;
    if (this.#next === items.length) return undefined;
    const item = items[this.#next];
    items[this.#next++] = undefined;
    if (this.#next === items.length) this.clear();
    else if (this.#next >= MIN_CLEARED && 2 * this.#next >= items.length) {
      this.#items = items.slice(this.#next);
      this.#next = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#next = 0;
  }
}
