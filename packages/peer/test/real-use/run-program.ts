import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** How a program of its own has ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that has not ended by itself after so long is ended. */
const PATIENCE_MS = 15_000;

/**
 * Runs a program in a process of its own, over the packages' sources: what a process does as a whole (end, stay, warn) can
 * be seen only there.
 */
export async function runProgram(source: string): Promise<Outcome> {
  const child = spawn(process.execPath, ['--input-type=module', '--expose-gc', '-'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.end(await bundled(source));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

/** The program with the packages in it, as one module. */
export async function bundled(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, loader: 'ts', resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['ws'],
    conditions: ['@bjsonrpc/source'],
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
