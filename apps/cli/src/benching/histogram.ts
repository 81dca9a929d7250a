/** Each bucket is wider than the one before by so much: what is read from it is that exact. */
const GROWTH = 1.02;
const LEAST_MS = 0.001;

/** Times, as many as come, in little room; read back to within 2 %. */
export class Histogram {
  readonly #buckets: number[] = [];
  #count = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  add(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(ms / LEAST_MS) / Math.log(GROWTH)));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count++;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  /** So many of them (0.99: 99 in a hundred) took no longer; 0 of none. */
  within(share: number): number {
    let left = this.#count * share;
    for (const [bucket, count = 0] of this.#buckets.entries()) {
      left -= count;
      if (left <= 0) return Math.min(this.#maxMs, LEAST_MS * GROWTH ** bucket);
    }
    return this.#maxMs;
  }
}
