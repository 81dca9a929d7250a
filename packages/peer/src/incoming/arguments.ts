import { type Arguments, type Dialect, InvalidParamsError, isObject } from '@bjsonrpc/protocol';

/** Reads `params` and `kwparams` as sections 1 and 13 have them. @throws InvalidParamsError for anything else */
export function argumentsOf(
  params: unknown,
  kwparams: unknown,
  { version, params: form }: Pick<Dialect, 'version' | 'params'>,
): Arguments {
  if (!Array.isArray(params) && params !== undefined && (params !== null || version === 1))
    return form.ofObject(named('params', params)); // and kwparams beside them count for nothing
  const keywords = kwparams === undefined ? {} : named('kwparams', kwparams);
  return {
    args: (params as readonly unknown[] | null | undefined) ?? [],
    keywords: Object.keys(keywords).length > 0 ? keywords : undefined,
  };
}

function named(where: string, value: unknown): NonNullable<Arguments['keywords']> {
  if (isObject(value) && Object.getPrototypeOf(value) === Object.prototype)
    return value as NonNullable<Arguments['keywords']>;
  const expected = where === 'params' ? 'an array or an object' : 'an object';
  throw new InvalidParamsError(`Invalid ${where}: ${expected} is expected`);
}
