import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** How a program ended. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** A program of the packages' sources, as a file that Node runs. */
export async function program(source: string): Promise<string> {
  const directory = join(root, '.cache');
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: join(root, 'examples'), loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: ['@bjsonrpc/source'],
    external: ['ws', '@nats-io/*'],
  });
  const text = outputFiles[0]?.text ?? '';
  const path = join(
    directory,
    `program-${createHash('sha256').update(source).digest('hex').slice(0, 16)}.mjs`,
  );
  mkdirSync(directory, { recursive: true });
  // Tests beside this one may be about to run the same.
  const aside = `${path}.${randomUUID()}`;
  writeFileSync(aside, text);
  renameSync(aside, path);
  return path;
}

/** How long it may run, and what tells of the test's end: tests that run side by side have a hook of their own. */
interface RunOptions {
  readonly timeoutMs?: number;
  readonly onFinished?: (callback: () => void) => void;
}

/** Run it until it ends, or the test does. It is killed after `timeoutMs`, and its code is then null. */
export function run(
  path: string,
  args: readonly string[] = [],
  { timeoutMs = 10_000, onFinished = onTestFinished }: RunOptions = {},
): Promise<Outcome> & { readonly child: ChildProcess } {
  const child = spawn(process.execPath, [path, ...args], { timeout: timeoutMs, killSignal: 'SIGKILL' });
  onFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  return Object.assign(ended, { child });
}
