import { InputBudget } from '@bjsonrpc/byte-stream';
import { expect, test } from 'vitest';

/** Connections that keep so many bytes, the oldest first, and which of them were cut off. */
async function filled(
  maxBytes: number,
  kept: readonly number[],
): Promise<{ budget: InputBudget; cut: number[] }> {
  const budget = new InputBudget(maxBytes);
  const cut: number[] = [];
  for (const [i, bytes] of kept.entries()) {
    budget.claim(() => cut.push(i)).set(bytes);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { budget, cut };
}

test('as much as there is may be kept', async () => {
  const { budget, cut } = await filled(100, [40, 60]);
  expect([cut, budget.isTight]).toEqual([[], true]);
});

test('with more, whoever has kept the most for the longest is cut off, and no more of them than it takes', async () => {
  expect((await filled(100, [40, 40, 40])).cut).toEqual([0]);
  expect((await filled(100, [1, 1, 90, 20])).cut).toEqual([2]);
  expect((await filled(100, [60, 30, 95])).cut).toEqual([0, 1]);
});

test('who comes with more than all is the one', async () => {
  expect((await filled(100, [1, 101])).cut).toEqual([1]);
});

test('what is given back counts no more', () => {
  const budget = new InputBudget(100);
  let cut = 0;
  const claims = Array.from({ length: 3 }, () => budget.claim(() => cut++));
  for (let round = 0; round < 10; round++) {
    for (const claim of claims) {
      claim.set(90);
      claim.set(0);
    }
  }
  expect([cut, budget.isTight]).toEqual([0, false]);
});
