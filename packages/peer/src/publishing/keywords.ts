import { InvalidParamsError } from '@bjsonrpc/protocol';
import { keywords } from '../basics/brands.js';
import type { Keywords } from '../contract/remote-method.js';

/** No plain object: one without enumerable names would be taken for an empty value. */
class NamedArguments<Named extends object> implements Keywords<Named> {
  readonly [keywords]: Named;
  constructor(values: Named) {
    this[keywords] = values;
  }
}

/**
 * Marks the last argument of a call as keyword arguments (section 1: `params` as an object, or `kwparams` beside it):
 *
 *     await peer.call.getabc(1, kw({ b: 2, c: 3 }));
 */
export function kw<Named extends object>(values: Named): Keywords<Named> {
  return new NamedArguments(values);
}

/**
 * Arguments as a method takes them, in the order of its declared parameters. `*rest` among these stands for all further
 * positional ones, `**named` for an object of all further keyword ones; it is always there.
 *
 * @throws InvalidParamsError for an unknown name, or a parameter given twice
 */
export function bindArguments(
  method: string,
  parameters: readonly string[],
  args: readonly unknown[],
  keywords: { readonly [name: string]: unknown } = {},
): readonly unknown[] {
  const left = new Map(Object.entries(keywords));
  const further = parameters.find((parameter) => parameter.startsWith('**'));
  const bound: unknown[] = [];
  let taken = 0;
  let given = 0; // how many of the bound ones are no mere gaps
  for (const parameter of parameters) {
    if (parameter === further) given = bound.push(parameter);
    else if (parameter[0] === '*') {
      for (; taken < args.length; taken++) given = bound.push(args[taken]);
    } else if (taken < args.length) {
      if (left.has(parameter)) throw new InvalidParamsError(`${method}() got '${parameter}' twice`);
      given = bound.push(args[taken++]);
    } else {
      bound.push(left.get(parameter));
      if (left.delete(parameter)) given = bound.length;
    }
  }
  bound.length = given;
  if (further) bound[bound.indexOf(further)] = Object.fromEntries(left);
  else for (const name of left.keys()) throw new InvalidParamsError(`${method}() has no parameter '${name}'`);
  for (; taken < args.length; taken++) bound.push(args[taken]);
  return bound;
}

/** Whether a method takes its arguments in another form than that in which they come, keywords or not. */
export function alwaysBinds(parameters: readonly string[]): boolean {
  return parameters.some((parameter) => parameter.startsWith('**'));
}
