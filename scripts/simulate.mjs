// Sessions in bad weather, in virtual time: each seed is a run of its own, and always the same one.
//
//   npm run simulate                      2000 seeds
//   npm run simulate -- --seeds 100000    for a night
//   npm run simulate -- --from 5000       other ones
//   npm run simulate -- --seed 42         one alone, with its story
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '2000' }, from: { type: 'string' }, seed: { type: 'string' } },
});
const variables = Object.entries({
  SIMULATE_SEEDS: values.seeds,
  SIMULATE_FROM: values.from,
  SIMULATE_SEED: values.seed,
}).filter(([, value]) => value !== undefined);
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, 'run', 'packages/resumable/test/simulation'], {
  stdio: 'inherit',
  env: { ...process.env, ...Object.fromEntries(variables) },
});
process.exitCode = status ?? 1;
