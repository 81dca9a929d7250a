import { errorObject, errorText } from '../error-object.js';
import type { Dialect } from './dialect.js';
import { type RequestParts, tail } from './profile.js';

/** That of the original (section 1), its members in the order of release 0.2.1. What is spoken unless another one is asked for. */
export const bjsonrpc: Dialect = {
  name: 'bjsonrpc',
  version: 1,
  extensions: 'offered',
  params: {
    // No parameters are the same as an empty object of them.
    ofObject: (params) => ({ args: [], keywords: Object.keys(params).length > 0 ? params : undefined }),
  },
  nullId: 'notification',
  batches: true,
  nothing: 'null',
  knowsCode: () => true,

  request: (id, parts, extras) => `${head(parts)},"id":${id}${tail(extras)}`,
  notification: (parts) => `${head(parts)}}`,
  result: (id, result) => `{"id":${id},"result":${result},"error":null}`,
  item: (id, result, more) => `{"id":${id},"result":${result},"error":null,"more":${more}}`,
  failure: (id, error) => `{"id":${id},"result":null,"error":${error}}`,
  error: (thrown, structured) => (structured ? errorObject(thrown) : errorText(thrown)),
};

function head({ method, params, kwparams }: RequestParts): string {
  if (params === undefined)
    return kwparams === undefined ? `{"method":${method}` : `{"params":${kwparams},"method":${method}`;
  return kwparams === undefined
    ? `{"params":${params},"method":${method}`
    : `{"kwparams":${kwparams},"params":${params},"method":${method}`;
}
