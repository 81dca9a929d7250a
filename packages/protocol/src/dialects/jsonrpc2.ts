import { type ErrorObject, errorObject } from '../error-object.js';
import { BatchAnswer } from './batch-answer.js';
import type { Dialect } from './dialect.js';
import { plainValues } from './plain-values.js';
import { type RequestParts, tail } from './profile.js';
import { Strangers } from './strangers.js';
import { strict } from './strict.js';

/**
 * JSON-RPC 2.0 as its specification has it. Values are plain JSON; two peers of this library that are both given
 * `extensions: true` speak theirs in it.
 */
export const jsonrpc2: Dialect = {
  name: 'jsonrpc2',
  version: 2,
  extensions: 'on request',
  params: { ofObject: (params) => ({ args: [], keywords: params }) },
  nullId: 'request',
  batches: true,
  nothing: 'null',
  strict,
  gather: (parts) => new BatchAnswer(parts),
  amongOthers: () => new Strangers(jsonrpc2),
  plainForm: plainValues,
  knowsCode: isOfSpecification,

  request: (id, parts, extras) => `${HEAD},"id":${id},${call(parts)}${tail(extras)}`,
  notification: (parts) => `${HEAD},${call(parts)}}`,
  result: (id, result) => `${HEAD},"id":${id},"result":${result}}`,
  item: (id, result, more) => `${HEAD},"id":${id},"result":${result},"more":${more}}`,
  failure: (id, error) => `${HEAD},"id":${id},"error":${error}}`,
  error: (thrown, structured) => (structured ? errorObject(thrown) : bare(errorObject(thrown))),
};

const HEAD = '{"jsonrpc":"2.0"';

/** The codes that mean the same to everybody who speaks JSON-RPC 2.0. */
export function isOfSpecification(code: unknown): boolean {
  return code === -32700 || (typeof code === 'number' && code <= -32600 && code >= -32603);
}

/** What others read of an error. */
export function bare({ code, message, data }: ErrorObject): ErrorObject {
  return { code, message, data };
}

function call({ method, params, kwparams }: RequestParts): string {
  const named = params === undefined ? kwparams : undefined;
  const text = `"method":${method}`;
  if (named !== undefined) return `${text},"params":${named}`;
  if (params === undefined) return text;
  return kwparams === undefined
    ? `${text},"params":${params}`
    : `${text},"params":${params},"kwparams":${kwparams}`;
}
