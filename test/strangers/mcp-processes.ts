import { fileURLToPath } from 'node:url';
import { afterAll, expect, vi } from 'vitest';
import { isAlive } from '../../packages/transport-stdio/test/children.ts';

const started = new Set<number>();

/** Remembers a process that a test has started: none may be left when its file is over. */
export function watchOver(pid: number | null): void {
  if (pid !== null) started.add(pid);
}

const left = (): number[] => [...started].filter(isAlive);

afterAll(async () => {
  try {
    await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 3000 });
  } finally {
    for (const pid of left()) process.kill(pid, 'SIGKILL');
  }
});

/** A file of a package, or the entry of one. */
export function pathOf(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}
