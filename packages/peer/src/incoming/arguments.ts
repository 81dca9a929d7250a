import { InvalidParamsError } from '@bjsonrpc/protocol';

/** The arguments that came with a call. */
export interface Arguments {
  readonly args: readonly unknown[];
  readonly keywords: { readonly [name: string]: unknown } | undefined;
}

/** Reads `params` and `kwparams` as section 1 has them. @throws InvalidParamsError for anything else */
export function argumentsOf(params: unknown, kwparams: unknown): Arguments {
  if (Array.isArray(params) || params === undefined) {
    const keywords = kwparams === undefined ? undefined : keywordsIn('kwparams', kwparams);
    return { args: (params as readonly unknown[] | undefined) ?? [], keywords };
  }
  return { args: [], keywords: keywordsIn('params', params) }; // and kwparams beside them count for nothing
}

function keywordsIn(where: string, value: unknown): Arguments['keywords'] {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    const expected = where === 'params' ? 'an array or an object' : 'an object';
    throw new InvalidParamsError(`Invalid ${where}: ${expected} is expected`);
  }
  return Object.keys(value).length > 0 ? (value as Arguments['keywords']) : undefined;
}
