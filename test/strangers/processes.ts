import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Transport } from '@bjsonrpc/peer';
import { type SpawnOptions, spawn } from '@bjsonrpc/transport-stdio';
import { afterAll, expect, vi } from 'vitest';
import { patiently } from './patience.ts';

const { resolve } = createRequire(import.meta.url);

/** A file of one of the packages that the strangers come in. */
export function fileOf(path: string): string {
  return resolve(path);
}

/** Programs started by the tests of one file, none of which may be left behind it. */
export interface Processes {
  /** A program of Node's to be started and spoken to. */
  node(script: string, args?: readonly string[], options?: SpawnOptions): Transport;
  /** One that was started otherwise. */
  add(pid: number | undefined): void;
  /** Looks for the programs that they have started in turn: those, too, must be gone at the end. */
  look(): void;
}

/** To be called at the top of a test file. */
export function processes(): Processes {
  const pids = new Set<number>();
  const look = (): void => {
    const parents = parentOfEach();
    for (let size = -1; size !== pids.size; ) {
      size = pids.size;
      for (const [pid, parent] of parents) if (pids.has(parent)) pids.add(pid);
    }
  };
  afterAll(async () => {
    expect(pids.size).toBeGreaterThan(0);
    await vi.waitFor(() => expect([...pids].filter(isAlive)).toEqual([]), patiently);
  });
  return {
    node: (script, args = [], options = {}) =>
      spawn(process.execPath, [script, ...args], {
        framing: 'content-length',
        stderr: 'ignore',
        ...options,
        onSpawn: (pid) => {
          pids.add(pid);
          options.onSpawn?.(pid);
        },
      }),
    add: (pid) => void (pid !== undefined && pids.add(pid)),
    look,
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Of each process that runs here, as far as the system tells: process id and that of its parent. */
function parentOfEach(): readonly (readonly [number, number])[] {
  const names = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return names.flatMap((name) => {
    try {
      const [, , parent = ''] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/\(.*\)/s, '-')
        .split(' ');
      return [[Number(name), Number(/^\d+$/.test(parent) ? parent : 0)] as const];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}
