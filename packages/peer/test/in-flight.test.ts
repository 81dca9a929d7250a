import { expect, test } from 'vitest';
import { InFlight } from '../src/outgoing/in-flight.ts';

/** Repeatable. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

test('holds what a Map would, in the order of its ids, be answers late, early or never', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randoms(seed);
    const inFlight = new InFlight<{ readonly id: number }>();
    const map = new Map<number, { readonly id: number }>();
    let last = seed === 1 ? 2 ** 31 - 1000 : 0; // ids outgrow 32 bits
    for (let step = 0; step < 3000; step++) {
      if (random() < (step % 1000 < 500 ? 0.7 : 0.3)) {
        const one = { id: ++last };
        inFlight.add(one);
        map.set(last, one);
      } else {
        const ids = [...map.keys()];
        const id = ids[Math.floor(random() ** 3 * ids.length)] ?? 0; // mostly old ones; some stay for long
        inFlight.delete(id);
        map.delete(id);
      }
      const some = last - Math.floor(random() * 40);
      expect(inFlight.get(some)).toBe(map.get(some));
      expect(inFlight.size).toBe(map.size);
    }
    expect([...inFlight]).toEqual([...map.values()]);
    for (const id of [...map.keys()]) expect(inFlight.get(id)?.id).toBe(id);
    inFlight.clear();
    expect([inFlight.size, [...inFlight]]).toEqual([0, []]);
  }
});

test('finds nothing by what is no id of it', () => {
  const inFlight = new InFlight<{ readonly id: number }>();
  inFlight.add({ id: 1 });
  for (const id of [0, -1, 1.5, 17, 2 ** 32 + 1, Number.NaN, Number.POSITIVE_INFINITY, -0]) {
    expect(inFlight.get(id)).toBeUndefined();
    inFlight.delete(id);
  }
  expect(inFlight.size).toBe(1);
});

test('one that waits for ever costs those that come and go nothing', () => {
  const inFlight = new InFlight<{ readonly id: number }>();
  inFlight.add({ id: 1 });
  for (let id = 2; id < 100_000; id++) {
    inFlight.add({ id });
    inFlight.delete(id);
  }
  expect([...inFlight]).toEqual([{ id: 1 }]);
  inFlight.delete(1);
  expect(inFlight.size).toBe(0);
});
