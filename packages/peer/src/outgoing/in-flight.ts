/** Places at the beginning, and again when there were many and none is taken. */
const PLACES = 16;
const MANY_PLACES = 4096;

/**
 * What waits for an answer, by ids that are counted up. No Map: one that is written to all the time leaves its old tables
 * behind, each of which leads to the next, and from a table that has grown old the collector takes all that ever waited for
 * alive. Bursts of calls were a third slower for it.
 */
export class InFlight<T extends { readonly id: number }> implements Iterable<T> {
  /** Each at its id modulo the number of places, which is a power of two. */
  #recent = places<T>(PLACES);
  #recentCount = 0;
  /** Those whose place a later one has taken: they wait for long. */
  #old: Map<number, T> | undefined;

  get size(): number {
    return this.#recentCount + (this.#old?.size ?? 0);
  }

  get(id: number): T | undefined {
    const recent = this.#recent[this.#placeOf(id)];
    return recent?.id === id ? recent : this.#old?.get(id);
  }

  add(one: T): void {
    if (this.#recentCount * 2 >= this.#recent.length) this.#grow();
    const place = this.#placeOf(one.id);
    const before = this.#recent[place];
    this.#recent[place] = one;
    if (!before) this.#recentCount++;
    else (this.#old ??= new Map()).set(before.id, before);
  }

  delete(id: number): void {
    const place = this.#placeOf(id);
    if (this.#recent[place]?.id !== id) return void this.#old?.delete(id);
    this.#recent[place] = undefined;
    if (--this.#recentCount === 0 && this.#recent.length > MANY_PLACES) this.#recent = places(PLACES);
  }

  clear(): void {
    this.#recent = places(PLACES);
    this.#recentCount = 0;
    this.#old = undefined;
  }

  /** Those that are there now, in the order of their ids. */
  [Symbol.iterator](): Iterator<T> {
    const recent = this.#recent.filter((one) => one !== undefined);
    const all = [...(this.#old?.values() ?? []), ...recent];
    return all.sort((one, other) => one.id - other.id).values();
  }

  #placeOf(id: number): number {
    return id & (this.#recent.length - 1);
  }

  #grow(): void {
    const before = this.#recent;
    this.#recent = places(before.length * 2);
    for (const one of before) if (one) this.#recent[this.#placeOf(one.id)] = one;
  }
}

function places<T>(count: number): (T | undefined)[] {
  return new Array<T | undefined>(count).fill(undefined);
}
