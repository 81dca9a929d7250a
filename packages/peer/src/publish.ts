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
  const hidden = new Set(hooks);
  for (let p = prototype; p !== Handler.prototype; p = Object.getPrototypeOf(p) as object) {
    const type = (p as { constructor: typeof Handler }).constructor;
    for (const name of ownStatic(type, 'nonPublic') ?? []) hidden.add(name);
    const published = ownStatic(type, 'published');
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(p))) {
      if (typeof value !== 'function' || table.has(name)) continue;
      if (!(published ? published.includes(name) : PUBLISHED.test(name))) continue;
      const parameters = ownMember(type.parameters ?? {}, name) as Method['parameters'];
      const doc = ownMember(type.docs ?? {}, name) as Method['doc'];
      table.set(name, { name, fn: value as Method['fn'], parameters, doc });
    }
  }
  for (const name of hidden) table.delete(name);
  return table;
}

function ownStatic(type: typeof Handler, list: 'published' | 'nonPublic'): readonly string[] | undefined {
  return Object.hasOwn(type, list) ? type[list] : undefined;
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
