import { Histogram } from './histogram.js';

/** What is measured: one call each, in milliseconds where it is waited for. */
export interface LoadSettings {
  /** One for each that is to be under way at a time. Each call resolves when its answer is here, with how many calls it was. */
  readonly callers: readonly (() => Promise<number>)[];
  readonly ms: number;
  /** Before that: nothing of it counts. */
  readonly warmMs: number;
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface Measured {
  readonly count: number;
  readonly seconds: number;
  readonly waited: Histogram;
}

/** What runs, for whoever wants to see how far it is. */
export interface Running {
  count: number;
  readonly startMs: number;
}

/**
 * Keeps each caller calling, one call after the other, until the time is over.
 *
 * @throws what the first call throws that fails, and the signal's reason
 */
export async function measure(
  { callers, ms, warmMs, signal }: LoadSettings,
  watch: (running: Running) => void,
): Promise<Measured> {
  await load({ callers, ms: warmMs, signal }, { count: 0, startMs: performance.now() }, () => {});
  const running = { count: 0, startMs: performance.now() };
  const waited = new Histogram();
  watch(running);
  await load({ callers, ms, signal }, running, (one) => waited.add(one));
  return { count: running.count, seconds: (performance.now() - running.startMs) / 1000, waited };
}

async function load(
  { callers, ms, signal }: Omit<LoadSettings, 'warmMs'>,
  running: Running,
  took: (ms: number) => void,
): Promise<void> {
  let isOver = false;
  const untilOver = async (call: () => Promise<number>): Promise<void> => {
    for (let sent = performance.now(); !isOver && sent - running.startMs < ms; ) {
      running.count += await call();
      signal.throwIfAborted();
      const now = performance.now();
      took(now - sent);
      sent = now;
    }
  };
  try {
    await Promise.all(callers.map(untilOver));
  } finally {
    isOver = true; // one has failed: the others need not go on
  }
}
