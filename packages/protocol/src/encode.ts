import type { Attach } from './bytes.js';
import type { Codec } from './codec.js';
import { LimitExceededError, UnsendableError } from './errors.js';
import { isHintKey, type ReferenceHint } from './hints.js';
import { isClass } from './is-class.js';
import { isPlainObject } from './plain-object.js';

/** What the encoder has to know of a connection. */
export interface EncodeContext {
  readonly codec: Pick<Codec, 'encode'>;
  readonly maxDepth: number;
  /** Makes class hints; undefined: the ordinary ones. For a side that may not be sent any: {@link withoutClassHints}. */
  readonly classHint?: ((name: string, args: readonly unknown[], path: string) => unknown) | undefined;
  /** Whether nothing is a hint to the other side: then data that looks like one is written as it is. */
  readonly isPlain?: boolean;
  /** Takes bytes that are to go beside the message; undefined: all stand in it. */
  readonly attach?: Attach | undefined;
  /**
   * The hint of a value that travels by reference; undefined for one that does not.
   *
   * @throws whatever makes the reference impossible: too many exports, a released proxy
   */
  refer(value: object, path: string): ReferenceHint | undefined;
}

/** Levels of nesting that the message itself takes, and those that a class hint does. */
const ENVELOPE = 1;
const CLASS_HINT = 3;

/** Places of an array that are undefined: each takes 35 characters, and as many values as the reader of them counts. */
const MAX_EMPTY = 65_536;

/** Arrays up to this length are tried element by element: arguments, mostly. */
const SHORT_ARRAY = 8;

/**
 * The JSON text of a value: of plain JSON at once, of anything else after translation into hints (sections 3 and 10).
 *
 * @param path what errors call the value: `params`, `result`
 * @throws UnsendableError naming the path; LimitExceededError for nesting beyond the limit (a cycle, maybe)
 */
export function encodeValue(value: unknown, path: string, context: EncodeContext): string {
  return encodePlain(value, context.maxDepth) ?? JSON.stringify(translate(value, path, ENVELOPE, context));
}

/** The JSON text of a value that needs no translation; undefined for one that does. */
export function encodePlain(value: unknown, maxDepth: number): string | undefined {
  const short = primitiveText(value) ?? (Array.isArray(value) ? shortArrayText(value) : undefined);
  if (short !== undefined) return short;
  return isPlainJson(value, maxDepth - ENVELOPE) ? JSON.stringify(value) : undefined;
}

/** By hand: JSON.stringify costs more to enter than such a value does to write. */
function primitiveText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'number':
      return isPlainNumber(value) ? `${value}` : undefined;
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return value === null ? 'null' : undefined;
  }
}

function shortArrayText(array: readonly unknown[]): string | undefined {
  if (array.length > SHORT_ARRAY) return undefined;
  let text = '[';
  for (let i = 0; i < array.length; i++) {
    const item = primitiveText(array[i]);
    if (item === undefined) return undefined;
    text += i === 0 ? item : `,${item}`;
  }
  return `${text}]`;
}

/** Finite, and not -0. */
export function isPlainNumber(value: number): boolean {
  return value - value === 0 && (value !== 0 || 1 / value > 0);
}

/** Whether JSON.stringify alone writes this value, and writes all of it. */
function isPlainJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return isPlainNumber(value);
    case 'object':
      if (value === null) return true;
      if (depth === 0) return false;
      if (Array.isArray(value)) return isPlainArray(value, depth - 1);
      return hasPlainMembers(value, depth - 1);
    default:
      return false;
  }
}

function isPlainArray(array: readonly unknown[], depth: number): boolean {
  for (let i = 0; i < array.length; i++) {
    const item = array[i];
    if (typeof item !== 'string' && !isPlainJson(item, depth)) return false;
  }
  return true;
}

function hasPlainMembers(object: object, depth: number): boolean {
  // In this order: with the shape known from the first, the second costs nothing; alone it would be half of the walk.
  if (Symbol.asyncIterator in object || Object.getPrototypeOf(object) !== Object.prototype) return false;
  for (const key in object) {
    if (isHintKey(key)) return false;
    const member = (object as { readonly [key: string]: unknown })[key];
    // A member that is undefined is left out, as everywhere in JSON.
    if (typeof member === 'string' || member === undefined) continue;
    if (typeof member === 'number' ? !isPlainNumber(member) : !isPlainJson(member, depth)) return false;
  }
  return true;
}

/** `depth`: how many levels are around the value. */
function translate(value: unknown, path: string, depth: number, context: EncodeContext): unknown {
  switch (typeof value) {
    case 'number':
      if (isPlainNumber(value)) return value;
      return classHint('Number', [value === 0 ? '-0' : String(value)], path, depth, context);
    case 'undefined':
      return classHint('undefined', [], path, depth, context);
    case 'bigint':
      return translateInstance(value, path, depth, context);
    case 'symbol':
      throw new UnsendableError('a symbol', path);
    case 'function':
    case 'object':
      return value === null ? null : translateObject(value, path, depth, context);
    default:
      return value;
  }
}

function translateObject(value: object, path: string, depth: number, context: EncodeContext): unknown {
  assertDepth(depth + 1, path, context);
  if (Array.isArray(value)) return translateItems(value, path, depth + 1, context);
  const reference = context.refer(value, path);
  if (reference) return reference;
  if (isPlainObject(value)) return translateMembers(value, path, depth, context);
  return translateInstance(value, path, depth, context);
}

/** An array may be mostly empty, and then of any length. */
function translateItems(
  array: readonly unknown[],
  path: string,
  depth: number,
  context: EncodeContext,
): unknown[] {
  const items: unknown[] = [];
  let empty = 0;
  for (let i = 0; i < array.length; i++) {
    const item = array[i];
    if (item === undefined && ++empty > MAX_EMPTY)
      throw new UnsendableError(`an array with more than ${MAX_EMPTY} empty places`, path);
    items.push(translate(item, `${path}[${i}]`, depth, context));
  }
  return items;
}

function translateInstance(
  value: object | bigint,
  path: string,
  depth: number,
  context: EncodeContext,
): unknown {
  const instance = context.codec.encode(value, context.attach);
  if (!instance && context.isPlain && hasOwnForm(value)) {
    assertDepth(depth + 1, path, context);
    return translate(value.toJSON(), path, depth + 1, context);
  }
  if (!instance) throw new UnsendableError(described(value) + adviceFor(value), path);
  assertDepth(depth + CLASS_HINT, path, context);
  const args = instance.args.map((arg) => translate(arg, path, depth + CLASS_HINT, context));
  return classHint(instance.name, args, path, depth, context);
}

function translateMembers(value: object, path: string, depth: number, context: EncodeContext): object {
  const literal = !context.isPlain && Object.keys(value).some(isHintKey);
  const inner = literal ? depth + 2 : depth + 1;
  assertDepth(inner, path, context);
  const members: [string, unknown][] = [];
  for (const [key, member] of Object.entries(value)) {
    if (key === 'then' && typeof member === 'function') {
      throw new UnsendableError('a function named then: it would be taken for a promise', `${path}.then`);
    }
    if (member !== undefined) members.push([key, translate(member, `${path}.${key}`, inner, context)]);
  }
  const copy = Object.fromEntries(members); // defines members: a key __proto__ is data like any other
  return literal ? { __literal__: copy } : copy;
}

function assertDepth(depth: number, path: string, { maxDepth }: EncodeContext): void {
  if (depth <= maxDepth) return;
  throw new LimitExceededError(
    `${path.slice(0, 99)}: nested deeper than ${maxDepth} (maxDepth), or in a cycle`,
  );
}

function classHint(
  name: string,
  args: readonly unknown[],
  path: string,
  depth: number,
  context: EncodeContext,
): unknown {
  if (context.classHint) return context.classHint(name, args, path);
  assertDepth(depth + CLASS_HINT, path, context);
  return { __jsonclass__: [name, args] };
}

/** What becomes of values beyond JSON in the plain profile: what JSON.stringify would write, or an error. */
export function withoutClassHints(name: string, args: readonly unknown[], path: string): unknown {
  const isNumber = name === 'Number';
  if (name === 'undefined') return null;
  if (isNumber && args[0] === '-0') return 0;
  throw new UnsendableError(
    `${isNumber ? args[0] : withArticle(name)}: the plain profile is spoken here`,
    path,
  );
}

/** Whether it says itself what it is in JSON. */
function hasOwnForm(value: object | bigint): value is { toJSON(): unknown } {
  return typeof (value as { readonly toJSON?: unknown }).toJSON === 'function';
}

/** What to do instead. */
function adviceFor(value: object | bigint): string {
  if (typeof value === 'function') return isClass(value) ? ': send an instance of it, or a function' : '';
  if (typeof value !== 'object') return '';
  const isPromise = Object.prototype.toString.call(value) === '[object Promise]';
  return isPromise ? ': await it first' : ': let its class extend Handler, or register a Codec';
}

function described(value: object | bigint): string {
  if (typeof value === 'function') return `the ${isClass(value) ? 'class' : 'function'} ${value.name}`;
  const proto = Object(Object.getPrototypeOf(value)) as { readonly constructor?: { readonly name?: string } };
  return withArticle(proto.constructor?.name || 'Object');
}

export function withArticle(name: string): string {
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}
