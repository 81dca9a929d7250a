/** Time, injected: tests run whole sessions in virtual time. */
export interface Clock {
  /** Milliseconds from any fixed point; never goes back. */
  now(): number;
  /** Call once, after `ms` milliseconds. A timer does not keep a program alive by itself: see {@link Clock.ref}. */
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** Optional: from now on the timer keeps the program alive ... */
  ref?(timer: unknown): void;
  /** ... or does not. */
  unref?(timer: unknown): void;
}

/** What only Node has: it runs something when all that is ready has run, and before anything else comes in. */
interface NodeProcess {
  readonly process?: { nextTick?(callback: () => void): void };
}

/** What Node's timers have, and a browser's (mere numbers) have not. */
interface NodeTimer {
  ref?(): void;
  unref?(): void;
}

// Taken now: an application's tests may put others in their place, and a connection below them goes on.
const { setTimeout, clearTimeout, queueMicrotask } = globalThis;
const now = performance.now.bind(performance);

/** Runs something when the program's own turn is over. */
export const soon: (callback: () => void) => void = (callback) => queueMicrotask(callback);

const { process } = globalThis as NodeProcess;

/** Runs something when all that was ready to go on has gone on; in the same turn of the loop, if the platform can. */
export const whenQuiet: (callback: () => void) => void =
  process?.nextTick?.bind(process) ?? ((callback) => void setTimeout(callback, 0));

/** The platform's time. */
export const systemClock: Clock = {
  now,
  setTimeout: (callback, ms) => {
    const timer: unknown = setTimeout(callback, Math.min(ms, 2 ** 31 - 1)); // longer ones would fire at once
    (timer as NodeTimer).unref?.();
    return timer;
  },
  clearTimeout: (timer) => clearTimeout(timer as number),
  ref: (timer) => (timer as NodeTimer).ref?.(),
  unref: (timer) => (timer as NodeTimer).unref?.(),
};
