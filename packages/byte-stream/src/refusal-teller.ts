import type { ListenOptions } from '@bjsonrpc/protocol';
import { setTimeout } from './timers.js';

/** A connection that did not come about, as a listener sees it. */
export interface Refused {
  /** Whoever it was, as far as is known. */
  readonly remoteAddress?: string | undefined;
  readonly why: string;
  /** What was thrown, if that was the reason. */
  readonly cause?: unknown;
}

/** So many are told one by one in each second, and the others as a number: a flood of refusals is none of calls. */
const MAX_TOLD = 100;
const PERIOD_MS = 1000;

/** Tells the owner of a listener. Never throws: what the callback throws is its own affair. */
export function refusalTeller(
  onRefused: ListenOptions['onRefused'],
  transport: string,
): (refused: Refused) => void {
  if (onRefused === undefined) return () => {};
  const call = (error: Error, info: { readonly remoteAddress?: string }): void => {
    try {
      onRefused(error, { transport, ...info });
    } catch {
      // Nobody is left to be told.
    }
  };
  let told = 0;
  let untold = 0;
  const endPeriod = (): void => {
    const more = untold;
    told = untold = 0;
    if (more > 0) call(new Error(`Refused ${more} more within a second`), {});
  };
  return ({ remoteAddress, why, cause }) => {
    if (told === 0) setTimeout(endPeriod, PERIOD_MS).unref();
    if (told === MAX_TOLD) {
      untold++;
      return;
    }
    told++;
    const error = new Error(
      `Refused ${remoteAddress ?? 'a connection'}: ${why}`,
      cause === undefined ? undefined : { cause },
    );
    call(error, remoteAddress === undefined ? {} : { remoteAddress });
  };
}
