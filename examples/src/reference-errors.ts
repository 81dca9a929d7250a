import { RpcError } from '@bjsonrpc/peer';

/**
 * The errors that the reference server and client raise. Python's names, because the recorded sessions have them: on
 * the plain wire an error that is no {@link RpcError} is written `Name: message`.
 */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

/** What Python raises for a missing key; its message is the key, quoted. */
export class KeyError extends Error {
  override readonly name = 'KeyError';

  constructor(key: string) {
    super(`'${key}'`);
  }
}

/** An expected error, the original's `ServerError`: only its message crosses the plain wire. */
export class ServerError extends RpcError {}

/** A subclass of an expected error is an expected error. */
export class NotAllowed extends ServerError {}

/** How many arguments a method takes; the upper bound is the lower one unless given. */
interface Arity {
  readonly least: number;
  readonly most?: number;
}

/**
 * JavaScript calls a function with any number of arguments; Python does not, and its callers rely on the answer.
 * A method that cares says so in its first line.
 *
 * @throws TypeError when `given` holds fewer or more arguments than `arity` allows.
 */
export function requireArity(method: string, given: readonly unknown[], arity: Arity): void {
  const { least, most = least } = arity;
  let count = given.length;
  while (count > 0 && given[count - 1] === undefined) count--;
  if (count >= least && count <= most) return;
  const takes = least === most ? `${least}` : `${least} to ${most}`;
  throw new TypeError(`${method}() takes ${takes} ${most === 1 ? 'argument' : 'arguments'} (${count} given)`);
}
