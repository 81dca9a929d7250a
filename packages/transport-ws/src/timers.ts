/**
 * The platform's timers and clock as they were when this module loaded, for what pages load too. Tests of an
 * application replace the global ones to fake its time; the connections below it go on in real time.
 */
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const queueMicrotask: typeof globalThis.queueMicrotask = globalThis.queueMicrotask;
/** Milliseconds since some fixed moment. */
export const now: () => number = performance.now.bind(performance);
