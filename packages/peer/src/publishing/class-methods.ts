import { published } from '../basics/brands.js';
import { alwaysBinds, bindArguments } from './keywords.js';
import { type Method, mayBeListed, ownMember } from './publish.js';

/** What a class says about its methods: see the static members of Handler. */
interface Declarations {
  readonly published?: readonly string[];
  readonly nonPublic?: readonly string[];
  readonly parameters?: { readonly [method: string]: readonly string[] };
  readonly docs?: { readonly [method: string]: string };
}

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
  const type = declarationsOf(prototype);
  const { published: listed } = type;
  // What a class overrides is decided by its override: a member seen further down hides those further up.
  const seen = new Set([...hooks, ...allNonPublic(prototype)]);
  for (let p = prototype; !isBase(p); p = Object.getPrototypeOf(p) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(p))) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (typeof value !== 'function') continue;
      if (!(listed ? listed.includes(name) && mayBeListed(name) : PUBLISHED.test(name))) continue;
      const declaring = declarationsOf(p);
      const told = (list: 'parameters' | 'docs'): unknown =>
        ownMember(type[list] ?? {}, name) ?? ownMember(declaring[list] ?? {}, name);
      const parameters = told('parameters') as Method['parameters'];
      table.set(name, {
        name,
        fn: value as Method['fn'],
        parameters,
        doc: told('docs') as Method['doc'],
        bind: parameters && ((args, keywords) => bindArguments(name, parameters, args, keywords)),
        alwaysBinds: parameters && alwaysBinds(parameters),
      });
    }
  }
  return table;
}

function allNonPublic(prototype: object): readonly string[] {
  if (isBase(prototype)) return [];
  const type = declarationsOf(prototype);
  const own = Object.hasOwn(type, 'nonPublic') ? (type.nonPublic ?? []) : [];
  return [...own, ...allNonPublic(Object.getPrototypeOf(prototype) as object)];
}

function declarationsOf(prototype: object): Declarations {
  return prototype.constructor as Declarations;
}

/** Whether this is what Handler itself is built on. */
function isBase(prototype: object): boolean {
  return Object.hasOwn(prototype, published);
}
