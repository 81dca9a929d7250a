import { Queue } from '@bjsonrpc/byte-stream';
import { expect, test } from 'vitest';

test('gives what it was given, in order, however it is filled and emptied', () => {
  const queue = new Queue<number>();
  expect([queue.first, queue.shift(), queue.length]).toEqual([undefined, undefined, 0]);
  let pushed = 0;
  let taken = 0;
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 200; i++) queue.push(pushed++);
    for (let i = 0; i < 100 + 2 * round; i++) {
      expect(queue.first).toBe(taken);
      expect(queue.shift()).toBe(taken++);
    }
    expect(queue.length).toBe(pushed - taken);
  }
  queue.clear();
  expect([queue.length, queue.shift()]).toEqual([0, undefined]);
  queue.push(7);
  expect(queue.shift()).toBe(7);
});

test('costs the same however many wait', () => {
  const timeOf = (count: number): number => {
    const queue = new Queue<number>();
    for (let i = 0; i < count; i++) queue.push(i);
    const started = performance.now();
    while (queue.shift() !== undefined);
    return performance.now() - started;
  };
  timeOf(100_000);
  const few = Math.min(...Array.from({ length: 5 }, () => timeOf(100_000)));
  // Ten times as many would take a hundred times as long, if each moved the others.
  expect(Math.min(...Array.from({ length: 3 }, () => timeOf(1_000_000)))).toBeLessThan(
    40 * Math.max(few, 0.5),
  );
});
