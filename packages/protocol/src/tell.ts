import { attempt } from './attempt.js';
import { RemoteError, RpcError } from './errors.js';
import { isError } from './is-error.js';
import { isPlainObject } from './plain-object.js';

/** What can be told of anything thrown. */
export interface Told {
  /** An Error of any class and realm. */
  readonly isError: boolean;
  /** One of the RpcError family. */
  readonly isRpcError: boolean;
  /** One that came from another peer. */
  readonly isRemote: boolean;
  readonly name: string;
  readonly message: string;
  /** What has more to tell than a text: an Error, or a plain object. Else an empty one. */
  readonly owner: object;
  /** A member of the owner; undefined where there is none, or it cannot be read. */
  member(name: string): unknown;
}

type Members = { readonly [name: string]: unknown };

/** Never throws, whatever was thrown. */
export function tell(thrown: unknown): Told {
  const is = (test: () => boolean): boolean => attempt(test, false);
  const isAnError = is(() => isError(thrown));
  const owner = isAnError || is(() => isPlainObject(thrown)) ? (thrown as Members) : {};
  return {
    isError: isAnError,
    isRpcError: is(() => thrown instanceof RpcError),
    isRemote: is(() => thrown instanceof RemoteError),
    name: attempt(() => String((thrown as Members).name), UNTELLABLE),
    message: attempt(() => {
      const { message } = Object(thrown) as Members;
      return String(isAnError || typeof message === 'string' ? message : thrown);
    }, UNTELLABLE),
    owner,
    member: (name) => attempt(() => owner[name], undefined),
  };
}

/** The message where there is none to be had. */
export const UNTELLABLE = 'an error that cannot be told';
