// Builds what has changed, without a word unless it fails. Arguments go on to turbo.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const turbo = fileURLToPath(import.meta.resolve('turbo'));
const { status, error, stdout, stderr } = spawnSync(
  process.execPath,
  [turbo, 'run', 'build', '--output-logs=errors-only', ...process.argv.slice(2)],
  { encoding: 'utf8', maxBuffer: Infinity, env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' } },
);
if (status !== 0) {
  process.stdout.write(stdout ?? '');
  process.stderr.write(stderr ?? '');
  if (error) console.error(error.message);
  process.exitCode = status ?? 1;
}
