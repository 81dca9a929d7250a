import { attempt } from './attempt.js';
import { isPlainNumber } from './encode.js';
import { isHintKey } from './hints.js';
import { isPlainObject } from './plain-object.js';
import { type Room, take } from './room.js';

/** Names that mean the same in every error, those that mean something to the language, and private ones. */
const NEVER_COPIED = /^(_|(name|message|stack|code|data|cause|sent|then|toJSON)$)/;

/** Values within the value of a member. */
const MAX_DEPTH = 4;

type Members = { [name: string]: unknown };

/**
 * Copies those own members of an object that are plain JSON through and through, and fit: no functions, no instances
 * of classes, and none whose name is never copied or means something on the target.
 */
export function copyMembers(from: object, to: object, room: Room): void {
  for (const name of attempt(() => Object.keys(from), [])) {
    if (NEVER_COPIED.test(name) || name in to) continue;
    // Every look is paid for, so that there are only so many.
    if (!take(room, 8 + name.length)) break;
    const read = (): unknown => (from as Members)[name];
    const value = ifPlain(attempt(read, undefined), room);
    if (value !== undefined) (to as Members)[name] = value;
  }
}

/** The value; undefined for one that is no plain JSON, or does not fit. */
export function ifPlain(value: unknown, room: Room): unknown {
  const { left } = room;
  if (attempt(() => isPlain(value, room, 0), false)) return value;
  room.left = left;
  return undefined;
}

/** Whatever is in it is looked at only as far as there is room. */
function isPlain(value: unknown, room: Room, depth: number): boolean {
  if (!take(room, typeof value === 'string' ? value.length : 8) || depth > MAX_DEPTH) return false;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return isPlainNumber(value);
  }
  const isInner = (inner: unknown): boolean => isPlain(inner, room, depth + 1);
  if (Array.isArray(value)) return value.length <= room.left && [...value].every(isInner);
  return (
    value === null ||
    (isPlainObject(value) &&
      !(Symbol.asyncIterator in value) &&
      Object.keys(value).every(
        (key) =>
          take(room, key.length) && !isHintKey(key) && (value[key] === undefined || isInner(value[key])),
      ))
  );
}
