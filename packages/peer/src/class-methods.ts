import type { Handler } from './handler.js';
import { bindArguments } from './keywords.js';
import { type Method, mayBeListed, ownMember, published } from './publish.js';

const PUBLISHED = /^[a-z][\p{L}\p{N}_]*$/u;
const hooks = ['constructor', 'then', 'onOpen', 'onClose', 'toJSON'];
const tables = new WeakMap<object, ReadonlyMap<string, Method>>();

/** Built once per class: a look-up at run time is one Map access. */
export function methodsOf(prototype: object): ReadonlyMap<string, Method> {
  let table = tables.get(prototype);
  if (!table) tables.set(prototype, (table = buildTable(prototype)));
  return table;
}

function buildTable(prototype: object): ReadonlyMap<string, Method> {
  const table = new Map<string, Method>();
  const type = (prototype as { constructor: typeof Handler }).constructor;
  const { published: listed } = type;
  // What a class overrides is decided by its override: a member seen further down hides those further up.
  const seen = new Set([...hooks, ...allNonPublic(prototype)]);
  for (let p = prototype; !isBase(p); p = Object.getPrototypeOf(p) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(p))) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (typeof value !== 'function') continue;
      if (!(listed ? listed.includes(name) && mayBeListed(name) : PUBLISHED.test(name))) continue;
      const declaring = (p as { constructor: typeof Handler }).constructor;
      const told = (list: 'parameters' | 'docs'): unknown =>
        ownMember(type[list] ?? {}, name) ?? ownMember(declaring[list] ?? {}, name);
      const parameters = told('parameters') as Method['parameters'];
      table.set(name, {
        name,
        fn: value as Method['fn'],
        parameters,
        doc: told('docs') as Method['doc'],
        bind: parameters && ((args, keywords) => bindArguments(name, parameters, args, keywords)),
      });
    }
  }
  return table;
}

function allNonPublic(prototype: object): readonly string[] {
  if (isBase(prototype)) return [];
  const type = (prototype as { constructor: typeof Handler }).constructor;
  const own = Object.hasOwn(type, 'nonPublic') ? (type.nonPublic ?? []) : [];
  return [...own, ...allNonPublic(Object.getPrototypeOf(prototype) as object)];
}

/** Whether this is the prototype of Handler itself. */
function isBase(prototype: object): boolean {
  return Object.hasOwn(prototype, published);
}
