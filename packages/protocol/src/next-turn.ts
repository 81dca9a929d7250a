/**
 * What `Duplex.send` gives once nothing can be sent any more: a promise that resolves in a later turn of the platform, one
 * for all who ask in the same turn. A producer that goes on as long as there is room would otherwise never let anybody
 * tell it of the close.
 *
 * @param giveWay calls back in a later turn, when timers and I/O have had theirs: `setImmediate`, where there is one
 */
export function nextTurnBy(giveWay: (callback: () => void) => unknown): () => Promise<void> {
  let next: Promise<void> | undefined;
  return () => {
    next ??= new Promise((resolve) => {
      giveWay(() => {
        next = undefined;
        resolve();
      });
    });
    return next;
  };
}
