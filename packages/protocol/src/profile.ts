import { type ErrorObject, errorObject, errorText } from './error-object.js';

/** The optional members of a request (sections 7, 8 and 11). */
export interface RequestExtras {
  readonly stream?: number | undefined;
  readonly timeout?: number | undefined;
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/** The parts of a request or notification, each of them JSON text already. */
export interface RequestParts {
  readonly method: string;
  readonly params: string | undefined;
  readonly kwparams: string | undefined;
}

/**
 * How messages are written: the seam between the peers and a dialect of JSON-RPC. Everything passed in is JSON
 * text, and what comes out is one whole message.
 */
export interface Profile {
  readonly name: string;
  request(id: number, parts: RequestParts, extras: RequestExtras | undefined): string;
  notification(parts: RequestParts): string;
  /** The answer to the request with that id. */
  result(id: string, result: string): string;
  /** One item of a stream, or (`more` false) its end with the return value. */
  item(id: string, result: string, more: boolean): string;
  /** `error` as {@link Profile.error} wrote it. */
  failure(id: string, error: string): string;
  /** What was thrown, as the JSON value of an `error` member. `structured`: the other side has greeted. */
  error(thrown: unknown, structured: boolean): ErrorObject | string;
}

/** The profile of the original (section 1), its members in the order of release 0.2.1. */
export const bjsonrpc: Profile = {
  name: 'bjsonrpc',
  request: (id, parts, extras) => `${head(parts)},"id":${id}${extras === undefined ? '}' : tail(extras)}`,
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

function tail(extras: RequestExtras): string {
  const text = JSON.stringify(extras);
  return text === '{}' ? '}' : `,${text.slice(1)}`;
}
