import {
  attempt,
  CancelledError,
  InternalError,
  InvalidParamsError,
  isError,
  isForeign,
  LimitExceededError,
  RemoteError,
  RpcError,
  UnsendableError,
} from '@bjsonrpc/protocol';
import type { Reporter } from '../basics/reporter.js';
import type { IncomingCall } from './incoming-call.js';

/** How errors are told. */
export interface MaskingParts {
  readonly options: {
    /** Hide what unexpected errors say. */
    readonly maskErrors: boolean;
    readonly random: () => number;
  };
  readonly reporter: Pick<Reporter, 'report'>;
}

/** What the caller hears of an error, and whom else it concerns. */
export function toldError(
  { abortReason, id, method }: IncomingCall,
  error: unknown,
  { options: { maskErrors, random }, reporter }: MaskingParts,
): unknown {
  if (abortReason && isAbort(error)) return abortReason;
  // What a notification comes to nobody else hears; nor, where an answer cannot be sent, would who wrote the method.
  if (id === undefined ? !method.startsWith('$/') : isUnsendable(error)) reporter.report(error, { method });
  if (!maskErrors || isMeant(error)) return error;
  const errorId = random().toString(36).slice(2, 12);
  reporter.report(error, { method, errorId });
  return new InternalError(`Internal error ${errorId}`, { data: { errorId } });
}

/** Thrown while an answer was written, not by the method: that throws no errors of these classes on purpose. */
function isUnsendable(error: unknown): boolean {
  return error instanceof UnsendableError || error instanceof LimitExceededError;
}

/** What handlers throw when their signal has fired. */
function isAbort(error: unknown): boolean {
  return (
    error instanceof CancelledError || attempt(() => isError(error) && error.name === 'AbortError', false)
  );
}

/**
 * What another peer threw is as unexpected as anything else that a handler did not throw on purpose, and where in a result
 * stands what cannot be sent is nobody's business.
 */
function isMeant(error: unknown): boolean {
  if (!(error instanceof RpcError) || isForeign(error)) return false;
  return !(error instanceof RemoteError || error instanceof UnsendableError || isOfCodec(error));
}

/** What a codec of the application's threw is the application's, and was not meant for callers. */
function isOfCodec(error: RpcError): boolean {
  const cause = error instanceof InvalidParamsError ? attempt(() => error.cause, null) : undefined; // what cannot be looked at was not, either
  return cause !== undefined && !(cause instanceof RpcError);
}
