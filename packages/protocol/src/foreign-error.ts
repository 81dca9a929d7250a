import { attempt } from './attempt.js';

/**
 * By which the outcomes of calls are known in every copy and version of this package: a program that lets one through has not
 * thrown it on purpose.
 */
const mark: unique symbol = Symbol.for('bjsonrpc.foreign.1');

/** Marks that with which a call has failed: what another peer said, or what kept it from answering. Gives it back. */
export function markForeign<T>(error: T): T {
  return attempt(() => Object.defineProperty(error as object, mark, { value: true }) as T, error);
}

/** Whether an error is the outcome of a call, under whatever class and code. Never throws. */
export function isForeign(error: unknown): boolean {
  return attempt(() => Object.hasOwn(Object(error), mark), false);
}
