import { InvalidParamsError } from '@bjsonrpc/protocol';
import { keywords } from '../contract/brands.js';
import type { Keywords } from '../contract/remote-types.js';

/** No plain object: one without enumerable names would be taken for an empty value. */
class NamedArguments implements Keywords {
  readonly [keywords]: { readonly [name: string]: unknown };
  constructor(values: { readonly [name: string]: unknown }) {
    this[keywords] = values;
  }
}

/**
 * Marks the last argument of a call as keyword arguments (section 1: `params` as an object, or `kwparams` beside it):
 *
 *     await peer.call.getabc(1, kw({ b: 2, c: 3 }));
 */
export function kw(values: { readonly [name: string]: unknown }): Keywords {
  return new NamedArguments(values);
}

/**
 * Positional arguments as a method takes them, keyword arguments put where its declared names say.
 *
 * @throws InvalidParamsError for an unknown name, or a parameter given twice
 */
export function bindArguments(
  method: string,
  parameters: readonly string[],
  args: readonly unknown[],
  keywords: { readonly [name: string]: unknown },
): readonly unknown[] {
  const bound = [...args];
  for (const [keyword, value] of Object.entries(keywords)) {
    const index = parameters.indexOf(keyword);
    if (index === -1) throw new InvalidParamsError(`${method}() has no parameter '${keyword}'`);
    if (index < args.length) throw new InvalidParamsError(`${method}() got '${keyword}' twice`);
    bound[index] = value;
  }
  return bound;
}
