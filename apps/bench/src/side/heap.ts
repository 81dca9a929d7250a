/** The heap of this process after a full collection, in bytes. Needs `--expose-gc`. */
import { setTimeout as sleep } from 'node:timers/promises';

export async function settledHeap(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('start this process with --expose-gc');
  // Three times with turns between them: finalizers run after a collection and free more.
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await sleep(20);
  }
  return process.memoryUsage().heapUsed;
}
