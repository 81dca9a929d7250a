import { InputBudget, type InputHolder } from '@bjsonrpc/byte-stream';
import { until } from '@bjsonrpc/duplex-suite';
import { expect, test } from 'vitest';

/** Connections of one listener, the oldest first. */
class Connections {
  readonly budget: InputBudget;
  readonly claims: { set(bytes: number): void }[] = [];
  readonly waiting = new Set<number>();
  readonly cut: number[] = [];
  /** What came of them waits for its turn. */
  readonly due = new Set<number>();

  constructor(maxBytes: number) {
    this.budget = new InputBudget(maxBytes);
  }

  /** One more, which keeps so much. */
  async open(bytes: number): Promise<void> {
    const i = this.claims.length;
    const { due } = this;
    const holder: InputHolder = {
      get isDue() {
        return due.has(i);
      },
      waitForRoom: (isToWait) => void (isToWait ? this.waiting.add(i) : this.waiting.delete(i)),
      close: () => void this.cut.push(i),
    };
    const claim = { set: (kept: number) => this.budget.set(holder, kept) };
    this.claims.push(claim);
    claim.set(bytes);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('as much as there is may be kept, and what is given back counts no more', async () => {
  const all = new Connections(100);
  for (const bytes of [40, 60]) await all.open(bytes);
  for (let round = 0; round < 10; round++) {
    all.claims[1]?.set(0);
    all.claims[1]?.set(60);
  }
  expect([[...all.waiting], all.budget.isTight]).toEqual([[], true]);
  for (const claim of all.claims) claim.set(0);
  expect([[...all.waiting], all.cut, all.budget.isTight]).toEqual([[], [], false]);
});

test('with more, the oldest message is read on, and the others one after the other', async () => {
  const all = new Connections(100);
  for (const bytes of [40, 40, 40]) await all.open(bytes);
  const [first, second, third] = all.claims;
  expect([...all.waiting]).toEqual([2]);
  first?.set(50);
  second?.set(50);
  expect([...all.waiting]).toEqual([2, 1]);
  first?.set(0);
  expect([...all.waiting]).toEqual([]);
  second?.set(0);
  third?.set(90);
  expect([[...all.waiting], all.cut]).toEqual([[], []]);
});

test('one alone may have more than all', async () => {
  const all = new Connections(100);
  await all.open(150);
  expect([[...all.waiting], all.cut]).toEqual([[], []]);
});

test('if no room comes, whoever has kept the most for the longest is cut off, until half is free', async () => {
  const all = new Connections(100);
  for (const bytes of [5, 60, 1, 30, 40]) await all.open(bytes);
  expect([...all.waiting]).toEqual([4]);
  await until('room', () => all.cut.length === 2);
  expect(all.cut).toEqual([1, 4]);
  expect([...all.waiting]).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(all.cut).toEqual([1, 4]);
});

test('who waits for a turn here is not cut off, nor anybody while that is what all wait for', async () => {
  const all = new Connections(100);
  for (const bytes of [60, 60]) await all.open(bytes);
  all.due.add(0);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect([[...all.waiting], all.cut]).toEqual([[1], []]);
  all.due.delete(0);
  all.due.add(1);
  await until('room', () => all.cut.length === 1);
  expect(all.cut).toEqual([0]);
});
