import { type Dialect, InvalidParamsError, isObject } from '@bjsonrpc/protocol';

/** The arguments that came with a call. */
export interface Arguments {
  readonly args: readonly unknown[];
  readonly keywords: { readonly [name: string]: unknown } | undefined;
}

/** Reads `params` and `kwparams` as sections 1 and 13 have them. @throws InvalidParamsError for anything else */
export function argumentsOf(
  params: unknown,
  kwparams: unknown,
  { version, params: form }: Pick<Dialect, 'version' | 'params'>,
): Arguments {
  if (Array.isArray(params) || params === undefined || (params === null && version === 2)) {
    const keywords = kwparams === undefined ? undefined : keywordsIn('kwparams', kwparams);
    return { args: (params as readonly unknown[] | null | undefined) ?? [], keywords };
  }
  const named = keywordsIn('params', params); // and kwparams beside them count for nothing
  if (form === 'argument') return { args: [params], keywords: undefined };
  // In the original no parameters are the same as an empty object of them.
  return { args: [], keywords: version === 2 ? (params as Arguments['keywords']) : named };
}

function keywordsIn(where: string, value: unknown): Arguments['keywords'] {
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) {
    const expected = where === 'params' ? 'an array or an object' : 'an object';
    throw new InvalidParamsError(`Invalid ${where}: ${expected} is expected`);
  }
  return Object.keys(value).length > 0 ? (value as Arguments['keywords']) : undefined;
}
