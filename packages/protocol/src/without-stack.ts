/** Makes an error that remembers no stack: that of a reader tells nothing, and costs more than all else about an error. */
export function withoutStack<T extends Error>(make: () => T): T {
  const limited = Error as { stackTraceLimit?: number };
  const { stackTraceLimit } = limited;
  if (stackTraceLimit === undefined || Object.isFrozen(Error)) return make();
  limited.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    limited.stackTraceLimit = stackTraceLimit;
  }
}
