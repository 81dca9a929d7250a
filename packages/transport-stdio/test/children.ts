import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import { type SpawnOptions, spawn } from '@bjsonrpc/transport-stdio';
import { onTestFinished } from 'vitest';

/** A started end of a child that runs a program of JavaScript. */
export interface Child {
  readonly end: Probe;
  readonly pid: number;
  /** Everything the child wrote to stderr. */
  readonly stderr: readonly string[];
}

/** Start a child. Should the test fail to end it, that is done afterwards, by its id. */
export async function child(program: string, options: SpawnOptions = {}): Promise<Child> {
  let pid = 0;
  const stderr: string[] = [];
  const transport = spawn(process.execPath, ['-e', program], {
    stderr: (line) => void stderr.push(line),
    ...options,
    onSpawn: (id) => {
      pid = id;
    },
  });
  const duplex = await transport.dial({});
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  return { end: new Probe(duplex).start(), pid, stderr };
}

/**
 * Whether such a process runs. A child of this one that has ended, and was not waited for, counts as running; one of
 * somebody who has ended is for the system to wait for, whenever it does.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const [, state, parent] = /\) (\w) (\d+) /.exec(statOf(pid)) ?? [];
  return state !== 'Z' || Number(parent) === process.pid;
}

/** What Linux tells of a process. */
function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}

export async function untilClosed({ end }: Child): Promise<Error | undefined> {
  await until('the close', () => end.isClosed);
  return end.closes[0]?.error;
}
