/**
 * Every error of the library, and who is at fault.
 *
 *     RpcError                    an expected error: its bare message crosses the wire; `throw` it in a handler
 *     ├─ ParseError               -32700  they sent text that is not JSON
 *     ├─ InvalidRequestError      -32600  they sent JSON that is no message
 *     ├─ MethodNotFoundError      -32601  nothing of that name is published
 *     ├─ InvalidParamsError       -32602  the arguments do not fit the method
 *     ├─ InternalError            -32603  a masked error, or one that could not be told
 *     ├─ CancelledError           -32800  the caller cancelled
 *     ├─ UnknownObjectError       -32001  the object was released, is broken, or never was
 *     ├─ LimitExceededError       -32002  a bound was reached; the message names it
 *     ├─ TimeoutError             -32003  no answer in time
 *     ├─ DependencyFailedError    -32004  a call that this one builds on failed
 *     ├─ RemoteError              -32000  their method threw (any other code they chose is kept)
 *     ├─ ConnectionClosedError            the connection ended first; `sent` says whether the call had left
 *     └─ UnsendableError                  you passed a value that cannot travel; `path` says where it stands
 */

/** The codes of section 4 of the protocol. */
export const codes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  cancelled: -32800,
  handlerError: -32000,
  unknownObject: -32001,
  limitExceeded: -32002,
  deadlineExceeded: -32003,
  dependencyFailed: -32004,
} as const;

/** What may be given besides the message. */
export interface RpcErrorOptions {
  /** A JSON-RPC error code; -32000 unless set. */
  readonly code?: number;
  /** Anything that can travel; arrives as the caller's `error.data`. */
  readonly data?: unknown;
  /** The error behind this one. Stays on this side. */
  readonly cause?: unknown;
}

/** The root of all errors here, and the one to throw from a handler: message, code and data reach the caller. */
export class RpcError extends Error {
  /** A JSON-RPC error code. */
  readonly code: number;
  /** What the thrower attached, if anything. */
  readonly data: unknown;

  constructor(message = '', options: RpcErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = new.target.name === '' ? 'RpcError' : new.target.name;
    this.code = options.code ?? codes.handlerError;
    this.data = options.data;
  }
}

/** Text that is not JSON. */
export class ParseError extends RpcError {
  override name = 'ParseError';
  constructor(message = 'Parse error', options: RpcErrorOptions = {}) {
    super(message, { ...options, code: codes.parseError });
  }
}

/** JSON that is not a message. */
export class InvalidRequestError extends RpcError {
  override name = 'InvalidRequestError';
  constructor(message = 'Unknown format', options: RpcErrorOptions = {}) {
    super(message, { ...options, code: codes.invalidRequest });
  }
}

/** No such method is published. */
export class MethodNotFoundError extends RpcError {
  override name = 'MethodNotFoundError';
  constructor(message = 'Unknown method', options: RpcErrorOptions = {}) {
    super(message, { ...options, code: codes.methodNotFound });
  }
}

/** The arguments do not fit the method. */
export class InvalidParamsError extends RpcError {
  override name = 'InvalidParamsError';
  constructor(message = 'Invalid params', options: RpcErrorOptions = {}) {
    super(message, { ...options, code: codes.invalidParams });
  }
}

/** An error whose own text stays on its side. */
export class InternalError extends RpcError {
  override name = 'InternalError';
  constructor(message = 'Internal error', options: RpcErrorOptions = {}) {
    super(message, { ...options, code: codes.internalError });
  }
}

/** The call was cancelled by its caller. `cause` is the reason of the abort, where there is one. */
export class CancelledError extends RpcError {
  override name = 'CancelledError';
  constructor(message = 'Cancelled', options: RpcErrorOptions = {}) {
    super(message, { ...options, code: codes.cancelled });
  }
}

/** A reference whose object was released, belongs to an ended connection, or never was. */
export class UnknownObjectError extends RpcError {
  override name = 'UnknownObjectError';
  constructor(message = 'Unknown object', options: RpcErrorOptions = {}) {
    super(message, { ...options, code: codes.unknownObject });
  }
}

/** A bound was reached. The message names it, and the option that raises it. */
export class LimitExceededError extends RpcError {
  override name = 'LimitExceededError';
  constructor(message = 'Limit exceeded', options: RpcErrorOptions = {}) {
    super(message, { ...options, code: codes.limitExceeded });
  }
}

/** No answer in time. */
export class TimeoutError extends RpcError {
  override name = 'TimeoutError';
  constructor(message = 'Timed out', options: RpcErrorOptions = {}) {
    super(message, { ...options, code: codes.deadlineExceeded });
  }
}

/** A call that this one was built on failed. Callers of this library see the first cause instead. */
export class DependencyFailedError extends RpcError {
  override name = 'DependencyFailedError';
  constructor(message = 'Dependency failed', options: RpcErrorOptions = {}) {
    super(message, { ...options, code: codes.dependencyFailed });
  }
}

/** What the other side's method threw: the same name, message, code and data. */
export class RemoteError extends RpcError {
  override name = 'RemoteError';
}

/** The connection ended before the answer came. */
export class ConnectionClosedError extends RpcError {
  override name = 'ConnectionClosedError';
  /** Whether the call had been handed to the transport (so that it may have run) or certainly never left. */
  readonly sent: boolean;
  constructor(
    message = 'The connection is closed',
    options: RpcErrorOptions & { readonly sent?: boolean } = {},
  ) {
    super(message, options);
    this.sent = options.sent ?? false;
  }
}

/** A value that cannot travel. Nothing was written. */
export class UnsendableError extends RpcError {
  override name = 'UnsendableError';
  /** Where the value stands, e.g. `params[0].user.socket`. */
  readonly path: string;
  constructor(what: string, path: string) {
    super(`${path}: cannot send ${what}`, { code: codes.internalError });
    this.path = path;
  }
}

const byCode = new Map<number, new (message?: string, options?: RpcErrorOptions) => RpcError>([
  [codes.parseError, ParseError],
  [codes.invalidRequest, InvalidRequestError],
  [codes.methodNotFound, MethodNotFoundError],
  [codes.invalidParams, InvalidParamsError],
  [codes.internalError, InternalError],
  [codes.cancelled, CancelledError],
  [codes.unknownObject, UnknownObjectError],
  [codes.limitExceeded, LimitExceededError],
  [codes.deadlineExceeded, TimeoutError],
  [codes.dependencyFailed, DependencyFailedError],
]);

/** What an error looks like on its way to a peer that greeted (section 4). */
export interface ErrorObject {
  readonly code: number;
  readonly message: string;
  /** The thrown error's name, where the code does not imply it. */
  readonly name?: string;
  readonly data?: unknown;
}

/**
 * What a handler threw, as an object for the wire. Anything may be thrown; whatever it is, this does not throw.
 * `data` is left as it is: translating it is the encoder's task.
 */
export function errorObject(thrown: unknown): ErrorObject {
  if (!isA(Error, thrown)) return { code: codes.handlerError, message: textOf(thrown) };
  const code = member(thrown, 'code');
  const data = member(thrown, 'data');
  const name = textOf(member(thrown, 'name'));
  const known = typeof code === 'number' && Number.isInteger(code);
  const Known = known && thrown instanceof RpcError ? byCode.get(code) : undefined;
  const implied = Known !== undefined && new Known().name === name; // a subclass has a name of its own
  return {
    code: known ? code : codes.handlerError,
    message: textOf(member(thrown, 'message')),
    ...(implied || name === 'RemoteError' ? undefined : { name }),
    ...(data === undefined ? undefined : { data }),
  };
}

/** What a handler threw, as the plain profile's text: bare for the RpcError family, `Name: message` for others. */
export function errorText(thrown: unknown): string {
  if (!isA(Error, thrown)) return textOf(thrown);
  const name = textOf(member(thrown, 'name'));
  const message = textOf(member(thrown, 'message'));
  const named = thrown instanceof RemoteError ? name !== 'RemoteError' : !(thrown instanceof RpcError);
  return named ? `${name}: ${message}` : message;
}

/** The error that a caller gets for the `error` member of an answer: a text, an object, or any JSON value. */
export function errorFromWire(error: unknown): RpcError {
  if (typeof error === 'string') {
    const named = /^([A-Z]\w*(?:Error|Exception)): (.*)$/s.exec(error);
    return named ? renamed(new RemoteError(named[2]), named[1]) : new RemoteError(error);
  }
  const { code, message, name, data } = (error ?? {}) as { [key: string]: unknown };
  if (typeof message !== 'string') return new RemoteError(jsonOf(error), { data: error });
  const numeric = typeof code === 'number' ? code : codes.handlerError;
  const Known = typeof name === 'string' ? undefined : byCode.get(numeric);
  if (Known) return new Known(message, { data });
  const remote = new RemoteError(message, { code: numeric, data });
  return typeof name === 'string' ? renamed(remote, name) : remote;
}

function renamed<E extends Error>(error: E, name: string | undefined): E {
  if (name) error.name = name;
  return error;
}

/** `instanceof`, of a Proxy that may throw. */
function isA<T>(type: abstract new (...args: never[]) => T, value: unknown): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? textOf(value);
  } catch {
    return textOf(value);
  }
}

/** A getter may throw. */
function member(object: object, key: string): unknown {
  try {
    return (object as { readonly [key: string]: unknown })[key];
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'an error that cannot be told';
  }
}
