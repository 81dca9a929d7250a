import { hashOfNumber } from './hash-of-number.js';

/** So many keys may collide as they like. */
const FEW = 64;
/** Comparisons for each key while a table is filled. With keys that spread there is about one. */
const MAX_COMPARISONS = 16;

/**
 * Numbers chosen to collide make filling a Map or Set take quadratic time: 20,000 of them, half a second. Texts are spread by
 * a hash with a secret in it, and objects by their identity.
 *
 * @throws TypeError for keys that collide
 */
export function assertSpread(keys: readonly unknown[]): void {
  if (keys.length <= FEW) return;
  let buckets = 1;
  while (buckets * 2 < keys.length) buckets *= 2;
  const inBucket = new Uint32Array(buckets);
  let comparisons = 0;
  for (const key of keys) {
    if (typeof key !== 'number' && typeof key !== 'bigint') continue;
    const bucket = hashOfNumber(key) & (buckets - 1);
    comparisons += inBucket[bucket] ?? 0;
    inBucket[bucket] = (inBucket[bucket] ?? 0) + 1;
  }
  if (comparisons > MAX_COMPARISONS * keys.length) throw new TypeError('keys that collide');
}
