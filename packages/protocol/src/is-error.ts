import { attempt } from './attempt.js';

/**
 * Whether a value is an Error of this realm or of another one: of an iframe, a vm context, a test runner's sandbox.
 * No value that came as data is one, whatever its members say. Never throws: a revoked Proxy is none.
 */
export function isError(value: unknown): value is Error {
  return attempt(
    () =>
      value instanceof Error ||
      /^\[object (Error|DOMException)]$/.test(Object.prototype.toString.call(value)),
    false,
  );
}
