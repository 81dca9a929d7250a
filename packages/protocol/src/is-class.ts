/** Whether a function can only be called with `new`: the `prototype` of a class is fixed. */
export function isClass(value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false;
}
