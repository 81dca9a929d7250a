import { giveWay } from './timers.js';

let next: Promise<void> | undefined;

/**
 * Resolves in a later turn of the platform: what `send` gives once nothing can be sent any more. A producer that goes on
 * as long as there is room would otherwise never let anybody tell it of the close.
 */
export function nextTurn(): Promise<void> {
  next ??= new Promise((resolve) => {
    giveWay(() => {
      next = undefined;
      resolve();
    });
  });
  return next;
}
