import { clearInterval, MAX_TIMER_MS, setInterval } from './timers.js';

let anchored = 0;
let timer: NodeJS.Timeout | undefined;

/**
 * One more connection keeps the process alive. A socket does that only while it reads or writes: one that is held back, or
 * that the other side has ended, would let the process go in the middle of what it waits for.
 */
export function anchorProcess(): void {
  if (anchored++ === 0) timer = setInterval(() => {}, MAX_TIMER_MS);
}

/** One less. */
export function releaseProcess(): void {
  if (--anchored === 0) clearInterval(timer);
}

/** A socket, or a pipe: what can keep the process alive by itself. */
export function canBeRefed(stream: object): stream is { ref(): void; unref(): void } {
  return 'ref' in stream && typeof stream.ref === 'function';
}
