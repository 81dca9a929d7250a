import { Handler } from './handler.js';

/**
 * The one place that decides what may be called: for calls, objects, function references and callbacks alike.
 *
 * An owner of methods is a Handler (see there), a plain object (its own function members, under any name but
 * `then` and names beginning with `_` or `$`) or a Map (the same, of its entries). Nothing inherited from
 * Object.prototype is ever callable.
 */

/** Something that may be called. */
export interface Method {
  readonly name: string;
  readonly fn: (...args: never[]) => unknown;
  readonly parameters: readonly string[] | undefined;
  readonly doc: string | undefined;
}

/** What `connect` and `createServer` take as a handler. */
export type MethodOwner = Handler | ReadonlyMap<string, unknown> | object;

const PUBLISHED = /^[a-z][\p{L}\p{N}_]*$/u;
const hooks = ['constructor', 'then', 'onOpen', 'onClose', 'toJSON'];
const tables = new WeakMap<object, ReadonlyMap<string, Method>>();

/** The method of that name that an owner publishes. */
export function publishedMethod(owner: MethodOwner, name: string): Method | undefined {
  if (owner instanceof Handler) return tableOf(Object.getPrototypeOf(owner) as object).get(name);
  if (!mayBeListed(name)) return undefined;
  const member = owner instanceof Map ? (owner.get(name) as unknown) : ownMember(owner, name);
  return typeof member === 'function' ? listed(name, member as Method['fn']) : undefined;
}

/** An owner within a plain object: `math.add` is the method `add` of the member `math`. */
export function namespaceOf(owner: MethodOwner, name: string): MethodOwner | undefined {
  if (owner instanceof Handler || owner instanceof Map || !mayBeListed(name)) return undefined;
  const member = ownMember(owner, name);
  return member instanceof Handler || isPlainObject(member) ? member : undefined;
}

/** All that an owner publishes, namespaces included. */
export function publishedMethods(owner: MethodOwner, prefix = ''): Method[] {
  if (owner instanceof Handler) {
    const methods = [...tableOf(Object.getPrototypeOf(owner) as object).values()];
    return prefix ? methods.map((method) => ({ ...method, name: prefix + method.name })) : methods;
  }
  const names = owner instanceof Map ? [...owner.keys()] : Object.keys(owner);
  return names.filter(mayBeListed).flatMap((name) => {
    const inner = namespaceOf(owner, name);
    if (inner) return publishedMethods(inner, `${prefix}${name}.`);
    const method = publishedMethod(owner, name);
    return method ? [{ ...method, name: prefix + name }] : [];
  });
}

/** Built once per class: a look-up at run time is one Map access. */
function tableOf(prototype: object): ReadonlyMap<string, Method> {
  let table = tables.get(prototype);
  if (!table) tables.set(prototype, (table = buildTable(prototype)));
  return table;
}

function buildTable(prototype: object): ReadonlyMap<string, Method> {
  const table = new Map<string, Method>();
  const type = (prototype as { constructor: typeof Handler }).constructor;
  const { published } = type;
  // What a class overrides is decided by its override: a member seen further down hides those further up.
  const seen = new Set([...hooks, ...allNonPublic(prototype)]);
  for (let p = prototype; p !== Handler.prototype; p = Object.getPrototypeOf(p) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(p))) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (typeof value !== 'function') continue;
      if (!(published ? published.includes(name) && mayBeListed(name) : PUBLISHED.test(name))) continue;
      const declaring = (p as { constructor: typeof Handler }).constructor;
      const told = (list: 'parameters' | 'docs'): unknown =>
        ownMember(type[list] ?? {}, name) ?? ownMember(declaring[list] ?? {}, name);
      table.set(name, {
        name,
        fn: value as Method['fn'],
        parameters: told('parameters') as Method['parameters'],
        doc: told('docs') as Method['doc'],
      });
    }
  }
  return table;
}

function allNonPublic(prototype: object): readonly string[] {
  if (prototype === Handler.prototype) return [];
  const type = (prototype as { constructor: typeof Handler }).constructor;
  const own = Object.hasOwn(type, 'nonPublic') ? (type.nonPublic ?? []) : [];
  return [...own, ...allNonPublic(Object.getPrototypeOf(prototype) as object)];
}

function listed(name: string, fn: Method['fn']): Method {
  return { name, fn, parameters: undefined, doc: undefined };
}

function mayBeListed(name: string): boolean {
  return name !== '' && name !== 'then' && name[0] !== '_' && name[0] !== '$';
}

/** A data member of the object's own, never an accessor and never inherited. */
function ownMember(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
