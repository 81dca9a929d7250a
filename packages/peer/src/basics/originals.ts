import { identity } from './brands.js';
import { shared } from './shared.js';

/** What has an identity: see {@link identify}. */
export interface Identified {
  [identity]?: symbol;
}

/** By the symbol that is its identity. */
const originals = shared('originals.1', () => new WeakMap<WeakKey, object>());

/** Gives an object an identity: a symbol of its own, under which it is found again. No two are ever deep-equal. */
export function identify(object: object, name: string): void {
  const symbol = Symbol(name);
  (object as Identified)[identity] = symbol; // a definition would take three times as long
  try {
    originals.set(symbol as unknown as WeakKey, object);
  } catch {
    // Not every platform takes a symbol as a key: there, an object is known by itself alone.
  }
}

/** The object itself, where a Proxy of the program (of a reactive library, say) stands before it. */
export function originalOf<Given extends object>(given: Given): Given {
  const symbol = (given as Identified)[identity];
  return ((symbol && originals.get(symbol as unknown as WeakKey)) as Given | undefined) ?? given;
}
