import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built program. */
export const bin: string = fileURLToPath(new URL('../bin/bjsonrpc.js', import.meta.url));

/** The module that tests serve. */
export const api: string = fileURLToPath(new URL('api.mjs', import.meta.url));

/** How the program ended, and what it said. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The built program, running. */
export interface Running {
  readonly ended: Promise<Outcome>;
  readonly child: ChildProcess;
  /** The first group of the pattern, when standard error has it. Rejects with all that it said if it ends before. */
  said(pattern: RegExp): Promise<string>;
}

/** Starts the program as a user would, without a terminal. It is killed after half a minute. */
export function start(...args: readonly string[]): Running {
  const { NODE_OPTIONS: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, [bin, ...args], { env, timeout: 30_000, killSignal: 'SIGKILL' });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }));
  });
  const said = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(err);
        if (found) resolve(found[1] as string);
      };
      look();
      child.stderr.on('data', look);
      child.once('close', () => reject(new Error(`it ended, and said: ${err}`)));
    });
  return { ended, child, said };
}

/** Runs the program until it ends. */
export async function bjsonrpc(...args: readonly string[]): Promise<Outcome> {
  return await start(...args).ended;
}
