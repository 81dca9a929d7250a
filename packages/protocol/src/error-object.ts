import { attempt } from './attempt.js';
import { copyMembers, ifPlain } from './copy-members.js';
import { HANDLER_ERROR, nameOfCode } from './errors.js';
import { INNER_ERROR, newRoom, type Room, take } from './room.js';
import { tell } from './tell.js';

/** What an error looks like on its way to a peer that greeted (section 4). */
export interface ErrorObject {
  readonly code: number;
  readonly message: string;
  /** The thrown error's name, where the code does not imply it. */
  readonly name?: string | undefined;
  readonly data?: unknown;
  /** The error's own members; its code among them, if that is a text: `ENOENT`. Plain JSON, and little of it. */
  readonly details?: object | undefined;
  readonly cause?: ErrorObject | undefined;
  readonly errors?: readonly ErrorObject[] | undefined;
}

/** Longest name and message of an error within another one. */
const MAX_TEXT = 1000;

/**
 * What a handler threw, as an object for the wire. Anything may be thrown; whatever it is, this does not throw.
 * `data` is left as it is: translating it is the encoder's task.
 */
export function errorObject(thrown: unknown): ErrorObject {
  return describe(thrown, [], newRoom());
}

/** What a handler threw, as the plain profile's text: bare for the RpcError family, `Name: message` for others. */
export function errorText(thrown: unknown): string {
  const { isError, isRpcError, isRemote, name, message } = tell(thrown);
  const isBare = !isError || (isRemote ? name === 'RemoteError' : isRpcError);
  return isBare ? message : `${name}: ${message}`;
}

/** `around`: the errors that this one is in. Of an error within another one everything is bounded. */
function describe(thrown: unknown, around: readonly unknown[], room: Room): ErrorObject {
  const { isError, isRpcError, isRemote, owner, member, ...told } = tell(thrown);
  const isInner = around.length > 0;
  const bounded = (text: string): string => (isInner ? text.slice(0, MAX_TEXT) : text);
  const name = bounded(told.name);
  const code = member('code');
  const data = member('data');
  // A subclass has a name of its own.
  const isImplied = !isError || name === 'RemoteError' || (isRpcError && nameOfCode(code) === name);
  const details = typeof code === 'string' ? { code: ifPlain(code, room) } : {};
  copyMembers(owner, details, room);
  const within = (error: unknown): ErrorObject[] =>
    error == null || error === thrown || around.includes(error) || !take(room, INNER_ERROR)
      ? []
      : [describe(error, [...around, thrown], room)];
  // What is behind an error that was meant for the caller was not meant. A list of plain values is among the details.
  const isExpected = isRpcError && !isRemote;
  const [cause] = isExpected ? [] : within(member('cause'));
  const list = isExpected || 'errors' in details ? [] : member('errors');
  const errors = attempt(() => (Array.isArray(list) ? list.flatMap(within) : []), []);
  return {
    code: Number.isInteger(code) ? (code as number) : HANDLER_ERROR,
    message: bounded(told.message),
    name: isImplied ? undefined : name,
    data: isInner ? ifPlain(data, room) : data,
    details: Object.keys(details).length > 0 ? details : undefined,
    cause,
    errors: errors[0] && errors,
  };
}
