import { isObject, isPlainObject } from '@bjsonrpc/protocol';
import { published } from '../basics/brands.js';

/**
 * The one place that decides what may be called: for calls, objects, function references and callbacks alike.
 *
 * An owner of methods is a Handler (see there), a plain object (its own function members, under any name but
 * `then` and names beginning with `_` or `$` without a slash) or a Map (the same, of its entries). Nothing inherited from
 * Object.prototype is ever callable.
 */

/** Something that may be called. */
export interface Method {
  readonly name: string;
  readonly fn: (...args: never[]) => unknown;
  /** The names of its parameters, if it declares them. */
  readonly parameters?: readonly string[] | undefined;
  readonly doc?: string | undefined;
  /** Puts keyword arguments in their places; a method without it gets them as one last object. */
  readonly bind?: BindArguments | undefined;
  /** Whether it has to even where no keywords came. */
  readonly alwaysBinds?: boolean | undefined;
}

/** @throws InvalidParamsError for an unknown name, or a parameter given twice */
export type BindArguments = (
  args: readonly unknown[],
  keywords: { readonly [name: string]: unknown } | undefined,
) => readonly unknown[];

/**
 * What no object has that can be a handler: functions and classes the first, arrays the second, Dates and symbols the third, RegExps
 * the fourth, promises, sets, bytes and streams the last.
 */
interface NoHandler {
  readonly [Symbol.hasInstance]?: never;
  readonly [Symbol.unscopables]?: never;
  readonly [Symbol.toPrimitive]?: never;
  readonly [Symbol.match]?: never;
  readonly [Symbol.toStringTag]?: never;
}

/** What `connect` and `createServer` take as a handler. */
export type MethodOwner =
  | Published
  | ReadonlyMap<string, unknown>
  | ((object | { readonly [name: string]: unknown }) & NoHandler);

/** A Handler, as far as the library is concerned. */
export interface Published {
  readonly [published]: ReadonlyMap<string, Method>;
}

export function isHandler(value: unknown): value is Published {
  return isObject(value) && published in value;
}

/** @throws TypeError that says what to give, for what would publish nothing */
export function assertOwner(owner: unknown): void {
  if (owner === undefined || isHandler(owner) || isPlainObject(owner) || isMap(Object(owner))) return;
  if (typeof owner === 'function')
    throw new TypeError(
      'A class or a function is no handler: give an instance of it, or an object of functions',
    );
  if (Object.prototype.toString.call(owner) === '[object Promise]')
    throw new TypeError('A promise is no handler: await it, and give what comes of it');
  const name = (owner as { readonly constructor?: { readonly name?: unknown } } | null)?.constructor?.name;
  const what = typeof name === 'string' && name !== '' ? `an instance of ${name}` : String(owner);
  throw new TypeError(
    `As a handler, ${what} publishes nothing: let its class say "extends Handler", or give a plain object of functions`,
  );
}

/** The method of that name that an owner publishes. */
export function publishedMethod(owner: MethodOwner, name: string): Method | undefined {
  if (isHandler(owner)) return owner[published].get(name);
  if (!mayBeListed(name)) return undefined;
  const member = isMap(owner) ? (owner.get(name) as unknown) : ownMember(owner, name);
  return typeof member === 'function' ? { name, fn: member as Method['fn'] } : undefined;
}

/** An owner within a plain object: `math.add` is the method `add` of the member `math`. */
export function namespaceOf(owner: MethodOwner, name: string): MethodOwner | undefined {
  if (isHandler(owner) || isMap(owner) || !mayBeListed(name)) return undefined;
  const member = ownMember(owner, name);
  return isHandler(member) || isPlainObject(member) ? member : undefined;
}

/**
 * All that an owner publishes, its namespaces' methods after its own: a plain object once, under the shortest of its names, be
 * it in itself (`api.self = api`) or reached in many ways.
 */
export function publishedMethods(root: MethodOwner): Method[] {
  const methods: Method[] = [];
  const seen = new Set<MethodOwner>([root]);
  const left: { readonly owner: MethodOwner; readonly prefix: string }[] = [{ owner: root, prefix: '' }];
  for (const { owner, prefix } of left) {
    for (const name of namesIn(owner)) {
      const method = publishedMethod(owner, name);
      if (method) methods.push({ ...method, name: prefix + name });
      const inner = namespaceOf(owner, name);
      if (!inner || (seen.has(inner) && !isHandler(inner))) continue;
      seen.add(inner);
      left.push({ owner: inner, prefix: `${prefix}${name}.` });
    }
  }
  return methods;
}

function namesIn(owner: MethodOwner): readonly string[] {
  if (isHandler(owner)) return [...owner[published].keys()];
  return (isMap(owner) ? [...owner.keys()] : Object.keys(owner)).filter(mayBeListed);
}

/** A name with a slash, as `$/setTrace` and `_vendor/reload`, is one of a protocol's, not a private one. */
export function mayBeListed(name: string): boolean {
  const isPrivate = (name[0] === '_' || name[0] === '$') && !name.includes('/');
  return name !== '' && name !== 'then' && !isPrivate;
}

/** A data member of the object's own, never an accessor and never inherited. */
export function ownMember(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}

/** A Map of whatever realm. */
function isMap(owner: object): owner is ReadonlyMap<string, unknown> {
  return Object.prototype.toString.call(owner) === '[object Map]' && 'get' in owner;
}
