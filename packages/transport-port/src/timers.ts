declare const setImmediate: ((callback: () => void) => unknown) | undefined;

// The platform's timers as they were when this module loaded. Tests of an application replace the global ones to fake its
// time; the connections below it go on in real time.
const set: typeof globalThis.setTimeout = globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const queueMicrotask: typeof globalThis.queueMicrotask = globalThis.queueMicrotask;
/** Call back in a later turn of the platform, when timers and I/O have had theirs. */
export const giveWay: (callback: () => void) => unknown =
  typeof setImmediate === 'function' ? setImmediate : (callback) => set(callback, 0);

export type Timer = ReturnType<typeof set>;

/** The longest that a timer of the platform can wait; one that is to wait longer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A timer for a time limit, which keeps no process alive: 0, and more than can be waited for, is for ever. */
export function startTimer(callback: () => void, limitMs: number): Timer | undefined {
  if (!(limitMs > 0 && limitMs <= MAX_TIMER_MS)) return undefined;
  const timer: unknown = set(callback, limitMs);
  if (typeof timer === 'object') (timer as { unref?(): void }).unref?.();
  return timer as Timer;
}
