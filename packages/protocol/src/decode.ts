import { tooDeep } from './assert-readable.js';
import { attempt } from './attempt.js';
import type { Codec } from './codec.js';
import { eachContainer } from './each-container.js';
import { InvalidParamsError } from './errors.js';
import { type HintKey, hintOf, isName, type ReferenceKind } from './hints.js';
import { isObject } from './is-object.js';

/** What the decoder has to know of a connection. */
export interface DecodeContext {
  readonly codec: Pick<Codec, 'decode'>;
  readonly maxDepth: number;
  /** Told of a place for bytes beside the message, where none are; what it does not throw is left to the codec. */
  missing?(place: number): void;
  /** A proxy for what the other side holds under a name. */
  remoteObject(name: string, kind: ReferenceKind): unknown;
  /** What this side holds under a name. @throws UnknownObjectError */
  localObject(name: string): unknown;
  /** A published method of this side, as a function. @throws MethodNotFoundError, UnknownObjectError */
  localFunction(name: string): unknown;
}

/**
 * The value that JSON with hints stands for (sections 3 and 10). Arrays and objects are changed in place: they
 * come fresh from the parser.
 *
 * @throws InvalidParamsError for a reserved key with a value of the wrong kind, or an unknown class;
 *   UnknownObjectError or MethodNotFoundError for a reference to nothing; LimitExceededError for deep nesting
 */
export function decodeValue(value: unknown, context: DecodeContext, depth = 0): unknown {
  if (!isObject(value)) return value;
  if (depth > context.maxDepth) throw tooDeep(context.maxDepth);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = decodeValue(value[i], context, depth + 1);
    return value;
  }
  const hint = hintOf(value);
  return hint === undefined ? decodeMembers(value, context, depth) : decodeHint(hint, value, context, depth);
}

function decodeMembers(object: object, context: DecodeContext, depth: number): object {
  const members = object as { [key: string]: unknown };
  for (const key in members) {
    const before = members[key];
    const value = decodeValue(before, context, depth + 1);
    // Defined, not assigned: an assignment to __proto__ would do something else.
    if (value !== before)
      Object.defineProperty(members, key, { value, configurable: true, enumerable: true, writable: true });
    if (key === 'then' && typeof value === 'function') {
      // The language would take the whole object for a promise, and call.
      throw new InvalidParamsError('A member named then must not be a function');
    }
  }
  return object;
}

function decodeHint(hint: HintKey, object: object, context: DecodeContext, depth: number): unknown {
  const value = (object as { [key in HintKey]?: unknown })[hint];
  switch (hint) {
    case '__remoteobject__': {
      const { callable, iterable } = object as { callable?: unknown; iterable?: unknown };
      return context.remoteObject(
        name(hint, value),
        callable === true ? 'function' : iterable === true ? 'iterable' : 'object',
      );
    }
    case '__objectreference__':
      return context.localObject(name(hint, value));
    case '__functionreference__':
      return context.localFunction(name(hint, value));
    case '__jsonclass__': {
      if (!Array.isArray(value) || !Array.isArray(value[1] ?? [])) throw malformed(hint);
      const args = decodeValue(value[1] ?? [], context, depth + 1) as readonly unknown[];
      if (value[0] === 'Bytes' && typeof args[0] === 'number') context.missing?.(args[0]);
      return context.codec.decode(value[0], args);
    }
    case '__literal__':
      if (!isObject(value) || Array.isArray(value)) throw malformed(hint);
      return decodeMembers(value, context, depth + 1);
  }
}

function name(hint: HintKey, value: unknown): string {
  if (!isName(value)) throw malformed(hint);
  return value;
}

function malformed(hint: HintKey): InvalidParamsError {
  return new InvalidParamsError(`Malformed ${hint}`);
}

/**
 * The names in every `__remoteobject__` hint of a value that nobody will use, however deep: its owner waits for their
 * release. Parts of it may have been decoded: what a codec made of them is not looked into.
 */
export function namesOfRemoteObjects(value: unknown): string[] {
  const found: string[] = [];
  const seen = new Set<object>();
  eachContainer(value, (container) => {
    if (seen.has(container) || !isOfJson(container)) return false;
    seen.add(container);
    const { __remoteobject__: name } = container as { readonly __remoteobject__?: unknown };
    if (isName(name)) found.push(name);
    return typeof name !== 'string';
  });
  return found;
}

function isOfJson(container: object): boolean {
  return attempt(
    () => Array.isArray(container) || Object.getPrototypeOf(container) === Object.prototype,
    false,
  );
}
