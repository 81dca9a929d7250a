// Sessions over real sockets, cut by a proxy at every byte, in every way; also while they come back. Takes some minutes.
//
//   npm run cuts               at every byte
//   npm run cuts -- --step 7   at every seventh
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { step: { type: 'string', default: '1' } } });
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, 'run', 'packages/resumable/test/cuts.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, CUT_STEP: values.step },
});
process.exitCode = status ?? 1;
