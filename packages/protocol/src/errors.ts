import { attempt } from './attempt.js';

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
 *     ├─ ConnectionClosedError    -32005  the connection ended first, or is about to; `sent` says whether the call may have run
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
  closing: -32005,
} as const;

// Alone: few need the whole table.
export const HANDLER_ERROR: (typeof codes)['handlerError'] = -32000;
export const METHOD_NOT_FOUND: (typeof codes)['methodNotFound'] = -32601;
export const INVALID_PARAMS: (typeof codes)['invalidParams'] = -32602;
export const DEPENDENCY_FAILED: (typeof codes)['dependencyFailed'] = -32004;
export const CLOSING: (typeof codes)['closing'] = -32005;

/** What may be given besides the message. */
export interface RpcErrorOptions {
  /** A JSON-RPC error code, or a text like `ENOENT`; -32000 unless set. */
  readonly code?: number | string;
  /** Anything that can travel; arrives as the caller's `error.data`. */
  readonly data?: unknown;
  /** The error behind this one. Stays on this side. */
  readonly cause?: unknown;
}

/**
 * By which the classes below are known in every copy and version of this package, and in every realm. No value that
 * came as data has such a key. The number is that of the members which the classes have.
 */
const mark: unique symbol = Symbol.for('bjsonrpc.error.1');

/** The mark goes to the prototype. It gives a class its name, too: a minifier changes the one in the source. */
function setMark({ prototype }: { readonly prototype: object }, name: string): void {
  Object.defineProperty(prototype, mark, { value: name });
}

/** From the nearest one on. @throws what a Proxy throws */
function prototypesOf(value: unknown): readonly object[] {
  const all: object[] = [];
  let p = Object(value) as object | null;
  while ((p = Object.getPrototypeOf(p) as object | null)) all.push(p);
  return all;
}

/** The name of the library's class whose prototype this is. */
function markOf(prototype: object): string | undefined {
  return Object.hasOwn(prototype, mark) ? (prototype as { readonly [mark]: string })[mark] : undefined;
}

/** Errors that were given no code, and have the one that stands for none. */
const uncoded = new WeakSet<object>();

/** Whether somebody has chosen a thrown error's number, be it the one that stands for none. Never throws. */
export function isNumbered(thrown: unknown): boolean {
  const error = Object(thrown) as { readonly code?: unknown };
  return attempt(() => Number.isInteger(error.code) && !uncoded.has(error), false);
}

/** The root of all errors here, and the one to throw from a handler: message, code and data reach the caller. */
export class RpcError extends Error {
  /** A JSON-RPC error code, or a text like `ENOENT`. */
  readonly code: number | string;
  /** What the thrower attached, if anything. */
  readonly data: unknown;

  constructor(message = '', options: RpcErrorOptions = {}) {
    super(message, options); // which takes the cause, if there is one
    this.name = markOf(new.target.prototype) ?? new.target.name;
    this.code = options.code ?? HANDLER_ERROR;
    if (options.code === undefined) uncoded.add(this);
    this.data = options.data;
  }

  /** What console.log shows of an error and JSON.stringify does not: the message. */
  toJSON(): object {
    return { ...this, message: this.message };
  }

  /**
   * Errors of the library's classes are known by their mark, those of a program's own by their prototype. Never throws: a
   * Proxy whose prototype cannot be had is none.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: it is the class on the right of `instanceof`, maybe a program's own
    const prototype = this.prototype as object;
    const name = markOf(prototype);
    const isOne = (p: object): boolean => p === prototype || (name !== undefined && markOf(p) === name);
    return attempt(() => prototypesOf(value).some(isOne), false);
  }
}
setMark(RpcError, 'RpcError');

/** A class of errors whose code is fixed. */
export interface RpcErrorClass {
  readonly prototype: RpcError;
  new (message?: string, options?: RpcErrorOptions): RpcError;
}

const byCode = new Map<unknown, RpcErrorClass>();

/** The name that a code implies. */
export function nameOfCode(code: unknown): string | undefined {
  const type = byCode.get(code);
  return type && markOf(type.prototype);
}

/** The class that a code implies. */
export function classOfCode(code: unknown): RpcErrorClass | undefined {
  return byCode.get(code);
}

/** The computed key gives the class its name, and keeps it when a program is minified. */
function errorClass(code: number, name: string, text: string): RpcErrorClass {
  const { [name]: type } = {
    [name]: class extends RpcError {
      constructor(message = text, options: RpcErrorOptions = {}) {
        super(message, { ...options, code });
      }
    },
  };
  setMark(type as RpcErrorClass, name);
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
export class RemoteError extends RpcError {}
setMark(RemoteError, 'RemoteError');

/** The connection ended before the answer came. */
export class ConnectionClosedError extends RpcError {
  /** Whether the call had been handed to the transport, so that it may have run; false: it certainly did not. */
  readonly sent: boolean;
  constructor(
    message = 'The connection is closed',
    options: RpcErrorOptions & { readonly sent?: boolean } = {},
  ) {
    super(message, options);
    this.sent = options.sent ?? false;
  }
}
setMark(ConnectionClosedError, 'ConnectionClosedError');

byCode.set(CLOSING, ConnectionClosedError);

/** A value that cannot travel. Nothing was written. */
export class UnsendableError extends RpcError {
  /** Where the value stands, e.g. `params[0].user.socket`. */
  readonly path: string;
  constructor(what: string, path: string) {
    super(`${path}: cannot send ${what}`, { code: -32603 });
    this.path = path;
  }
}
setMark(UnsendableError, 'UnsendableError');
