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

const HANDLER_ERROR = -32000;

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
    super(message, options); // which takes the cause, if there is one
    this.name = new.target === RpcError ? 'RpcError' : new.target.name; // a minifier renames classes
    this.code = options.code ?? HANDLER_ERROR;
    this.data = options.data;
  }
}

/** A class of errors whose code is fixed. */
export interface RpcErrorClass {
  readonly prototype: RpcError;
  new (message?: string, options?: RpcErrorOptions): RpcError;
}

const byCode = new Map<unknown, RpcErrorClass>();

/** The computed key gives the class its name, and keeps it when a program is minified. */
function errorClass(code: number, name: string, text: string): RpcErrorClass {
  const { [name]: type } = {
    [name]: class extends RpcError {
      constructor(message = text, options: RpcErrorOptions = {}) {
        super(message, { ...options, code });
      }
    },
  };
  byCode.set(code, type as RpcErrorClass);
  return type as RpcErrorClass;
}

/** Text that is not JSON. */
export const ParseError: RpcErrorClass = errorClass(-32700, 'ParseError', 'Parse error');
/** JSON that is not a message. */
export const InvalidRequestError: RpcErrorClass = errorClass(-32600, 'InvalidRequestError', 'Unknown format');
/** No such method is published. */
export const MethodNotFoundError: RpcErrorClass = errorClass(-32601, 'MethodNotFoundError', 'Unknown method');
/** The arguments do not fit the method. */
export const InvalidParamsError: RpcErrorClass = errorClass(-32602, 'InvalidParamsError', 'Invalid params');
/** An error whose own text stays on its side. */
export const InternalError: RpcErrorClass = errorClass(-32603, 'InternalError', 'Internal error');
/** The call was cancelled by its caller. `cause` is the reason of the abort, where there is one. */
export const CancelledError: RpcErrorClass = errorClass(-32800, 'CancelledError', 'Cancelled');
/** A reference whose object was released, belongs to an ended connection, or never was. */
export const UnknownObjectError: RpcErrorClass = errorClass(-32001, 'UnknownObjectError', 'Unknown object');
/** A bound was reached. The message names it, and the option that raises it. */
export const LimitExceededError: RpcErrorClass = errorClass(-32002, 'LimitExceededError', 'Limit exceeded');
/** No answer in time. */
export const TimeoutError: RpcErrorClass = errorClass(-32003, 'TimeoutError', 'Timed out');
/** A call that this one was built on failed. Callers of this library see the first cause instead. */
export const DependencyFailedError: RpcErrorClass = errorClass(
  -32004,
  'DependencyFailedError',
  'Dependency failed',
);

export type ParseError = RpcError;
export type InvalidRequestError = RpcError;
export type MethodNotFoundError = RpcError;
export type InvalidParamsError = RpcError;
export type InternalError = RpcError;
export type CancelledError = RpcError;
export type UnknownObjectError = RpcError;
export type LimitExceededError = RpcError;
export type TimeoutError = RpcError;
export type DependencyFailedError = RpcError;

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
    super(`${path}: cannot send ${what}`, { code: -32603 });
    this.path = path;
  }
}

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
  const { isError, code, data, name, message } = told(thrown);
  // A subclass has a name of its own.
  const isImplied =
    !isError || name === 'RemoteError' || (thrown instanceof RpcError && byCode.get(code)?.name === name);
  return {
    code: Number.isInteger(code) ? (code as number) : HANDLER_ERROR,
    message,
    ...(isImplied ? undefined : { name }),
    ...(data === undefined ? undefined : { data }),
  };
}

/** What a handler threw, as the plain profile's text: bare for the RpcError family, `Name: message` for others. */
export function errorText(thrown: unknown): string {
  const { isError, name, message } = told(thrown);
  const isBare =
    !isError || (thrown instanceof RemoteError ? name === 'RemoteError' : thrown instanceof RpcError);
  return isBare ? message : `${name}: ${message}`;
}

/** The error that a caller gets for the `error` member of an answer: a text, an object, or any JSON value. */
export function errorFromWire(error: unknown): RpcError {
  if (typeof error !== 'string') return errorFromObject(error);
  const [, name, message = error] = /^([A-Z]\w*(?:Error|Exception)): (.*)$/s.exec(error) ?? [];
  return renamed(new RemoteError(message), name);
}

/** The same for one that came as an object, or as any other value but a text. */
export function errorFromObject(error: unknown): RpcError {
  const { code, message, name, data } = Object(error) as { readonly [key: string]: unknown };
  if (typeof message !== 'string') {
    return new RemoteError(
      attempt(() => JSON.stringify(error), UNTELLABLE),
      { data: error },
    );
  }
  const Known = typeof name === 'string' ? undefined : byCode.get(code);
  if (Known) return new Known(message, { data });
  return renamed(
    new RemoteError(message, { code: typeof code === 'number' ? code : HANDLER_ERROR, data }),
    name,
  );
}

function renamed(error: RpcError, name: unknown): RpcError {
  if (name && typeof name === 'string') error.name = name;
  return error;
}

/** What can be told of anything thrown. */
function told(thrown: unknown): {
  readonly isError: boolean;
  readonly code: unknown;
  readonly data: unknown;
  readonly name: string;
  readonly message: string;
} {
  const isError = attempt(() => thrown instanceof Error, false);
  const error = thrown as { readonly [member in 'code' | 'data' | 'name' | 'message']?: unknown };
  return {
    isError,
    code: isError ? attempt(() => error.code, undefined) : undefined,
    data: isError ? attempt(() => error.data, undefined) : undefined,
    name: attempt(() => String(error.name), UNTELLABLE),
    message: attempt(() => String(isError ? error.message : thrown), UNTELLABLE),
  };
}

const UNTELLABLE = 'an error that cannot be told';

/** Getters may throw, and Proxies even at `instanceof`. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
