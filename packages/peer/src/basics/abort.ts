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

/**
 * What a program's listeners to this signal throw is reported, and ends nothing: from a listener the platform would take it
 * for uncaught.
 */
export function guardListeners(signal: AbortSignal, guard: (run: () => unknown) => unknown): void {
  const guarded = new WeakMap<object, (event: Event) => void>();
  const guardedBy = (listener: EventListenerOrEventListenerObject): ((event: Event) => void) => {
    const known = guarded.get(listener);
    if (known) return known;
    const run = (event: Event): unknown =>
      typeof listener === 'function' ? listener.call(signal, event) : listener.handleEvent(event);
    const made = (event: Event): void => void guard(() => run(event));
    guarded.set(listener, made);
    return made;
  };
  for (const name of ['addEventListener', 'removeEventListener'] as const) {
    const method = signal[name];
    const value: typeof method = (
      type: string,
      listener: EventListenerOrEventListenerObject | null,
      options?: AddEventListenerOptions | boolean,
    ) => (listener ? method.call(signal, type, guardedBy(listener), options) : undefined);
    Object.defineProperty(signal, name, { value, configurable: true });
  }
}
