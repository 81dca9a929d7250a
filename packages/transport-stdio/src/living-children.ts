import type { ChildProcess } from 'node:child_process';
import process from 'node:process';

const living = new Set<ChildProcess>();

/** The child does not outlive this program, unless that is killed itself, which nobody can act upon. */
export function watchOver(child: ChildProcess): void {
  if (living.size === 0) process.on('exit', killAll);
  living.add(child);
  child.once('exit', () => {
    living.delete(child);
    if (living.size === 0) process.off('exit', killAll);
  });
}

function killAll(): void {
  for (const child of living) child.kill('SIGKILL');
}
