/**
 * Whether a value is an Error of this realm or of another one: of an iframe, a vm context, a test runner's sandbox.
 * No value that came as data is one, whatever its members say.
 */
export function isError(value: unknown): value is Error {
  return (
    value instanceof Error || /^\[object (Error|DOMException)]$/.test(Object.prototype.toString.call(value))
  );
}
