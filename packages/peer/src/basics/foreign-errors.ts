/** Errors that came from another peer. */
const foreign = new WeakSet<object>();

/** It came from another peer: whatever its class, nobody here threw it on purpose. @returns the error */
export function markForeign<Thrown extends object>(error: Thrown): Thrown {
  foreign.add(error);
  return error;
}

/** Whether it came from another peer. */
export function isForeign(error: unknown): boolean {
  return foreign.has(error as object); // nothing but an object is in it
}
