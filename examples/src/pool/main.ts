// main.ts: shares work out among the workers of a pool
import { Pool } from './pool.js';
import type { Primes } from './worker.js';

await using pool = await Pool.start<Primes>(new URL('worker.js', import.meta.url), { size: 2 });

let done = 0;
const tell = (more: number): void => {
  done += more;
};
const starts = [0, 20_000, 40_000, 60_000];
const counts = starts.map((from) => pool.run((worker) => worker.call.count(from, from + 20_000, tell)));
const sum = (await Promise.all(counts)).reduce((one, other) => one + other);
console.log(`${sum} primes among ${done} numbers`); // 7837 primes among 80000 numbers
