import { isObject } from './is-object.js';

/** Whether an object travels by value as it is: of no class, or of the Object of this realm or another one. */
export function isPlainObject(value: unknown): value is { readonly [key: string]: unknown } {
  if (!isObject(value)) return false;
  const proto = Object.getPrototypeOf(value) as object | null;
  return (
    proto === null ||
    proto === Object.prototype ||
    (Object.getPrototypeOf(proto) === null && Object.hasOwn(proto, 'isPrototypeOf'))
  );
}
