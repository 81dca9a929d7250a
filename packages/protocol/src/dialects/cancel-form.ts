import { isError } from '../is-error.js';
import { spelledParam } from '../spelled-ids.js';
import { type Control, keyOf, textOrNothing } from './control.js';

/** How a dialect takes a request back. */
export interface CancelForm extends Control {
  /** Whether the request is answered all the same. */
  readonly isAnswered: boolean;
  /** The parameters of the notification for the request with that id; `error` is what it has failed with here. */
  params(id: number, error: unknown): object;
}

/** What differs from one dialect to another. */
export interface CancelNames {
  /** The notification that does. */
  readonly method: string;
  /** Its parameter that names the request. */
  readonly id: string;
  /** Its parameter that says why, if it has one. */
  readonly reason?: string;
  readonly isAnswered: boolean;
}

export function cancelForm({ method, id: name, reason = '', isAnswered }: CancelNames): CancelForm {
  return {
    method,
    isAnswered,
    params: (id, error) => ({ [name]: id, ...(reason && { [reason]: whyOf(error) }) }),
    control: (side, { params, text }) => {
      const { [name]: id, [reason]: why } = Object(params) as { readonly [name: string]: unknown };
      const key = isExact(id) ? keyOf(id) : text && spelledParam(text, name);
      side.cancel(key ?? '', textOrNothing(why));
    },
  };
}

/** Why a call was given up, in words: the program's own, if it has any. */
function whyOf(error: unknown): unknown {
  const { message, cause } = error as Partial<Error>;
  if (typeof cause === 'string') return cause;
  return isError(cause) ? cause.message : message;
}

/** Whether an id is what was written: a double holds no integer beyond 2^53, nor that 1.50 was written so. */
function isExact(id: unknown): boolean {
  return typeof id !== 'number' || Number.isSafeInteger(id);
}
