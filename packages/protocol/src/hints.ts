/**
 * The reserved keys of section 3: an object that has one stands for something that JSON cannot hold.
 * Where several stand in one object the first of this list counts, and everything beside it is ignored.
 */
export const hintKeys = [
  '__remoteobject__',
  '__objectreference__',
  '__functionreference__',
  '__jsonclass__',
  '__literal__',
] as const;

export type HintKey = (typeof hintKeys)[number];

/** What a reference looks like on the wire. */
export type ReferenceHint =
  | { readonly __remoteobject__: string; readonly callable?: true; readonly iterable?: true }
  | { readonly __objectreference__: string }
  | { readonly __functionreference__: string };

/** What a name in a `__remoteobject__` hint may be used for. */
export type ReferenceKind = 'object' | 'function' | 'iterable';

const keys: ReadonlySet<string> = new Set(hintKeys);

/** Longest name of an object or a method, as `maxMethodLength` is by default. */
const MAX_NAME = 256;

/** Whether a value can be the name of an object. Names are kept, and told in errors: they have a bound. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME;
}

/** Whether data with such a key must be written as a literal. */
export function isHintKey(key: string): key is HintKey {
  return key.charCodeAt(0) === 95 && keys.has(key);
}

/** The hint in a decoded object, if it is one. */
export function hintOf(object: object): HintKey | undefined {
  for (const key in object) {
    if (isHintKey(key)) return hintKeys.find((hint) => Object.hasOwn(object, hint));
  }
  return undefined;
}

/**
 * Whether a message's text may hold a hint at all: the values of other messages need no walk. A NaN that Python
 * wrote is read as a hint.
 */
export function mayHoldHints(text: string): boolean {
  // A search for one character is many times faster than one for several, and most texts lack it.
  return (
    (text.indexOf('_') !== -1 && text.includes('"__')) ||
    (text.indexOf('\\') !== -1 && text.includes('\\u005')) ||
    (text.indexOf('N') !== -1 && text.includes('NaN'))
  );
}
