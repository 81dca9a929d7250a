// As they were before a test could fake them.
const { performance, setTimeout } = globalThis;
const now = performance.now.bind(performance);

/** Resolves as soon as the condition holds; rejects, naming what was awaited, if it does not within `timeoutMs`. */
export async function until(what: string, condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = now() + timeoutMs;
  while (!condition()) {
    if (now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Long enough for anything on its way in this machine to arrive: for tests that nothing does. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30));
}
