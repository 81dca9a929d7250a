import { DependencyFailedError, type ReferenceHint } from '@bjsonrpc/protocol';
import { Unsettled } from '../basics/unsettled.js';
import { routeOf } from '../proxies/proxies.js';
import { AnswerPromise } from '../proxies/remote-promise.js';
import type { Awaited, Caller } from '../proxies/route.js';
import { referenceOf } from '../references/reference.js';

/** Why a call that builds on the result of a request fails, when that is no object of the other side. */
export function noObject(id: number): DependencyFailedError {
  return new DependencyFailedError(`Request ${id} gave no object`);
}

/** What is known of the calls of one connection while one of them is written. */
export interface Building {
  readonly caller: Caller;
  /** Whether the call being written may build on this one before its answer is here; it is noted if so. */
  buildOn(awaited: Awaited): boolean;
}

/**
 * The hint of the promise of a call, of a method of a proxy, or of a proxy, where it belongs to this connection; `refer`
 * is asked about what such a promise has brought.
 *
 * @throws Unsettled when an answer must come first, DependencyFailedError when it was no object, UnknownObjectError for a
 *   reference that is not held any more
 */
export function hintOfRemote(
  value: object,
  building: Building,
  refer: (value: object) => ReferenceHint | undefined,
): ReferenceHint | undefined {
  const awaited = AnswerPromise.awaitedBy(value);
  if (awaited) {
    // Whoever builds on this promise hears of its failure there; left alone, it must not count as unhandled.
    (value as Promise<unknown>).then(undefined, () => {});
    return hintOfResult(awaited, building, refer);
  }
  const { caller } = building;
  const route = routeOf(value);
  if (route?.caller === caller) {
    if (route.awaited) return { __functionreference__: `${nameOfResult(route.awaited)}.${route.method}` };
    route.reference?.assertLive();
    return { __functionreference__: route.target };
  }
  const reference = referenceOf(value);
  if (reference?.home !== caller) return undefined;
  reference.assertLive();
  return { __objectreference__: reference.name };
}

function hintOfResult(
  awaited: Awaited,
  building: Building,
  refer: (value: object) => ReferenceHint | undefined,
): ReferenceHint | undefined {
  if (!awaited.hasResponse && building.buildOn(awaited)) return { __objectreference__: `#${awaited.id}` };
  nameOfResult(awaited);
  return refer(awaited.outcome as object);
}

/** The name of the object that an answer has brought. What is no object fails here as it would have failed there. */
function nameOfResult(awaited: Awaited): string {
  if (!awaited.hasResponse) throw new Unsettled(awaited);
  const reference = referenceOf(awaited.outcome);
  if (!reference) throw noObject(awaited.id);
  return reference.name;
}
