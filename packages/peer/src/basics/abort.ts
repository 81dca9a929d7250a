/** Who waits for each signal. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Run once when the signal aborts, if it has not yet. However many wait, the signal has one listener: with more, the platform
 * warns of a leak.
 *
 * @returns do not wait any more
 */
export function whenAborted(signal: AbortSignal, callback: () => void): () => void {
  let callbacks = waiting.get(signal);
  if (!callbacks) {
    callbacks = new Set();
    waiting.set(signal, callbacks);
    signal.addEventListener('abort', onAbort);
  }
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) forget(signal);
  };
}

function onAbort(this: AbortSignal): void {
  const callbacks = waiting.get(this) ?? [];
  forget(this);
  for (const callback of callbacks) callback();
}

function forget(signal: AbortSignal): void {
  waiting.delete(signal);
  signal.removeEventListener('abort', onAbort);
}
