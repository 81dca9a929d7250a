declare const setImmediate: ((callback: () => void) => unknown) | undefined;

// The platform's timers and clock as they were when this module loaded. Tests of an application replace the global ones
// to fake its time; the sessions below it go on in real time, unless they are given a clock.
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const queueMicrotask: typeof globalThis.queueMicrotask = globalThis.queueMicrotask;
/** Milliseconds since some fixed moment. */
export const now: () => number = performance.now.bind(performance);
/** Call back in a later turn of the platform, when timers and I/O have had theirs. */
export const giveWay: (callback: () => void) => unknown =
  typeof setImmediate === 'function' ? setImmediate : (callback) => setTimeout(callback, 0);
