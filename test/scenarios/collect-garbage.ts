/** Collects garbage now. Finalizers run in a later turn. */
export function collectGarbage(): void {
  if (typeof globalThis.gc !== 'function') throw new Error('These tests need node --expose-gc');
  globalThis.gc();
}

/** Bytes in use after a collection, several turns of which let finalizers and their consequences go through. */
export async function heapUsed(): Promise<number> {
  for (let turn = 0; turn < 4; turn++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}
