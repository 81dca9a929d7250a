/**
 * By which the outcomes of calls are known in every copy and version of this package: a program that lets one through has not
 * thrown it on purpose.
 */
const mark: unique symbol = Symbol.for('bjsonrpc.foreign.1');

/** Marks an error with which a call has failed: what another peer said, or what kept it from answering. */
export function markForeign<T extends Error>(error: T): T {
  return Object.defineProperty(error, mark, { value: true });
}

/** Whether an error is the outcome of a call, under whatever class and code. Never throws. */
export function isForeign(error: unknown): boolean {
  try {
    return Object.hasOwn(Object(error), mark);
  } catch {
    return false;
  }
}
