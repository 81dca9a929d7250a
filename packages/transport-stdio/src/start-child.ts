import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { SpawnOptions } from './spawn-options.js';

/** A program to start. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions;
}

/** A child that runs, and its streams, which are its connection's from now on. */
export interface StartedChild {
  readonly child: ChildProcess;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Undefined: it goes elsewhere. */
  readonly stderr: Readable | undefined;
}

/** Start it, never by way of a shell. Rejects with an error that names the command, and has the system's code as `code`. */
export function startChild({ command, args, options }: Command): Promise<StartedChild> {
  const { cwd, env, stderr = 'inherit' } = options;
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => reject(explained(cause, command, cwd));
    try {
      const child = spawn(command, args, {
        ...(cwd === undefined ? {} : { cwd }),
        ...(env === undefined ? {} : { env }),
        stdio: ['pipe', 'pipe', typeof stderr === 'function' ? 'pipe' : stderr],
        windowsHide: true,
      });
      // A signal that cannot be sent later on is an error of the child's, too, and nobody's concern.
      child.on('error', fail);
      child.once('spawn', () => {
        const { stdin, stdout } = child;
        if (stdin === null || stdout === null) return fail(new Error('it has no standard streams'));
        const streams = { stdin, stdout, stderr: child.stderr ?? undefined };
        // Node closes the input of a child that has exited, and lets its output flow away if nobody reads it yet. They are
        // not the child's any more: what it said last is still to be read.
        Object.assign(child, { stdin: null, stdout: null, stderr: null, stdio: [null, null, null] });
        resolve({ child, ...streams });
      });
    } catch (error) {
      // Of a few errors Node tells at once.
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function explained(cause: NodeJS.ErrnoException, command: string, cwd: string | URL | undefined): Error {
  const error = new Error(`Cannot start ${command}: ${why(cause, cwd)}`, { cause });
  return cause.code === undefined ? error : Object.assign(error, { code: cause.code });
}

function why({ code, message }: NodeJS.ErrnoException, cwd: string | URL | undefined): string {
  if (code === 'ENOENT')
    return cwd === undefined || existsSync(cwd) ? 'no such program' : `no such directory: ${cwd}`;
  return code === 'EACCES' ? 'it may not be executed' : message;
}
