import { attempt } from './attempt.js';
import { copyMembers } from './copy-members.js';
import { classOfCode, HANDLER_ERROR, RemoteError, type RpcError } from './errors.js';
import { markForeign } from './foreign-error.js';
import { isPlainObject } from './plain-object.js';
import { INNER_ERROR, newRoom, type Room, take } from './room.js';
import { UNTELLABLE } from './tell.js';

/** Which codes are those of section 4. */
type KnowsCode = (code: unknown) => boolean;

/**
 * The error that a caller gets for the `error` member of an answer: a text, an object, or any JSON value. It is marked: see
 * `isForeign`. A code that is not known is kept, in a RemoteError.
 */
export function errorFromWire(error: unknown, knowsCode: KnowsCode = () => true): RpcError {
  if (typeof error !== 'string') return markForeign(read(error, newRoom(), knowsCode));
  const [, name, message = error] = /^([A-Z]\w*(?:Error|Exception)): (.*)$/s.exec(error) ?? [];
  return markForeign(renamed(new RemoteError(message), name));
}

/** Details, and errors within it, are read within the bounds in which they are written. */
function read(error: unknown, room: Room, knowsCode: KnowsCode): RpcError {
  const { code, message, name, data, details, cause, errors } = Object(error) as Members;
  if (typeof message !== 'string') {
    return new RemoteError(
      attempt(() => JSON.stringify(error), UNTELLABLE),
      { data: error },
    );
  }
  const within = (inner: unknown): RpcError[] =>
    inner == null || !take(room, INNER_ERROR) ? [] : [read(inner, room, knowsCode)];
  const members = isPlainObject(details) ? details : {};
  const [behind] = within(cause);
  const options = { code: codeOf(code, members.code), data, ...(behind && { cause: behind }) };
  const Known = typeof name === 'string' || !knowsCode(code) ? undefined : classOfCode(code);
  const made = Known ? new Known(message, options) : renamed(new RemoteError(message, options), name);
  if (Array.isArray(errors)) Object.assign(made, { errors: errors.flatMap(within) });
  copyMembers(members, made, room);
  return made;
}

type Members = { readonly [name: string]: unknown };

/** A text is the code of errors that have no number of their own: it hides none. */
function codeOf(code: unknown, text: unknown): number | string {
  const number = typeof code === 'number' ? code : HANDLER_ERROR;
  return number === HANDLER_ERROR && typeof text === 'string' ? text : number;
}

function renamed(error: RpcError, name: unknown): RpcError {
  if (name && typeof name === 'string') error.name = name;
  return error;
}
