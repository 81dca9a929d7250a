/**
 * The platform's timers and clock as they were when this module loaded. Tests of an application replace the global
 * ones to fake its time; the connections below it go on in real time.
 */
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const setInterval: typeof globalThis.setInterval = globalThis.setInterval;
export const clearInterval: typeof globalThis.clearInterval = globalThis.clearInterval;
export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate;
export const nextTick: typeof process.nextTick = process.nextTick;
/** Milliseconds since some fixed moment. */
export const now: () => number = performance.now.bind(performance);
/** Milliseconds since 1970, as the dates of files are. */
export const dateNow: () => number = Date.now.bind(Date);

/** The longest that a timer of the platform can wait; one that is to wait longer fires at once. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/** A timer for a time limit: 0, and more than can be waited for, is for ever. */
export function startTimer(callback: () => void, limitMs: number): NodeJS.Timeout | undefined {
  return limitMs > 0 && limitMs <= MAX_TIMER_MS ? setTimeout(callback, limitMs) : undefined;
}
