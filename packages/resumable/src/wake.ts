/**
 * Kicks whenever a page may be back: online, visible, resumed, or shown again out of the browser's cache. Such events are
 * hints; whether there is a network shows in trying. Outside of pages there are none.
 *
 * @returns what ends it
 */
export function platformWake(kick: () => void): () => void {
  if (typeof document === 'undefined') return () => {};
  const whenVisible = (): void => {
    if (document.visibilityState === 'visible') kick();
  };
  const heard: readonly [target: EventTarget, type: string, listener: () => void][] = [
    [globalThis, 'online', kick],
    [globalThis, 'pageshow', kick],
    [document, 'resume', kick],
    [document, 'visibilitychange', whenVisible],
  ];
  for (const [target, type, listener] of heard) target.addEventListener(type, listener);
  return () => {
    for (const [target, type, listener] of heard) target.removeEventListener(type, listener);
  };
}
