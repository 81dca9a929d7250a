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

/** Whether there is such a process, a zombie included: a child that was waited for is none. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export async function untilClosed({ end }: Child): Promise<Error | undefined> {
  await until('the close', () => end.isClosed);
  return end.closes[0]?.error;
}
