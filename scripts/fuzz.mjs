// Looks for faults of the decoders for as many seconds as its argument says (60), and keeps what it finds in the corpus.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/hostile/fuzz.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_SECONDS: process.argv[2] ?? '60' },
});
process.exitCode = status ?? 1;
