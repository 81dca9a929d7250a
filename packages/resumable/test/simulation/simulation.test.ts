import { expect, test } from 'vitest';
import { lostPeersRun, peersRun } from './peers-run.ts';
import { lostRun, rawRun } from './raw-run.ts';
import type { Findings } from './story.ts';

// `npm run simulate` runs as many seeds as it is told, or one alone; here it is the first hundred or so.
const { SIMULATE_SEEDS, SIMULATE_FROM, SIMULATE_SEED } = process.env;
const from = Number(SIMULATE_SEED ?? SIMULATE_FROM ?? 1);
const count = SIMULATE_SEED === undefined ? Number(SIMULATE_SEEDS ?? 120) : 1;

const runs: readonly (readonly [name: string, run: (seed: number) => Promise<Findings>, share: number])[] = [
  ['messages through bad weather', rawRun, 1],
  ['sessions that are lost', lostRun, 1],
  ['peers through bad weather', peersRun, 1],
  ['peers whose sessions are lost', lostPeersRun, 1],
];

test.each(runs)('%s', { timeout: 2000 * count + 20_000 }, async (name, run, share) => {
  const sums = { faults: 0, checked: 0, connections: 0 };
  const seeds = Math.max(1, Math.floor(count * share));
  for (let seed = from; seed < from + seeds; seed++) {
    const { wrong, story, faults, checked, connections } = await run(seed);
    if (SIMULATE_SEED !== undefined) process.stdout.write(`${story.text(1000)}\n`);
    expect(wrong, `seed ${seed} (npm run simulate -- --seed ${seed}):\n${story.text()}\n`).toEqual([]);
    sums.faults += faults;
    sums.checked += checked;
    sums.connections += connections;
  }
  const { faults, checked, connections } = sums;
  process.stdout.write(
    `${name}: ${seeds} seeds, ${faults} faults, ${connections} connections, ${checked} checked\n`,
  );
  expect(checked).toBeGreaterThan(0);
});
