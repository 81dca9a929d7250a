import type { ErrorObject } from '../error-object.js';

/** The optional members of a request (sections 7, 8 and 11). */
export interface RequestExtras {
  readonly stream?: number | undefined;
  readonly timeout?: number | undefined;
  readonly progress?: true | undefined;
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/** The parts of a request or notification, each of them JSON text already. */
export interface RequestParts {
  readonly method: string;
  readonly params: string | undefined;
  readonly kwparams: string | undefined;
}

/** How messages are written. Everything passed in is JSON text, and what comes out is one whole message. */
export interface Profile {
  request(id: number, parts: RequestParts, extras: RequestExtras | undefined): string;
  notification(parts: RequestParts): string;
  /** The answer to the request with that id. */
  result(id: string, result: string): string;
  /** One item of a stream, several of them (`more` says how many) as an array, or (`more` false) its end with the return value. */
  item(id: string, result: string, more: boolean | number): string;
  /** `error` as {@link Profile.error} wrote it. */
  failure(id: string, error: string): string;
  /** What was thrown, as the JSON value of an `error` member. `structured`: the other side has greeted. */
  error(thrown: unknown, structured: boolean): ErrorObject | string;
}

/** The optional members and the end of a message. */
export function tail(extras: RequestExtras | undefined): string {
  if (extras === undefined) return '}';
  const text = JSON.stringify(extras);
  return text === '{}' ? '}' : `,${text.slice(1)}`;
}
