import {
  ConnectionClosedError,
  codes,
  InvalidParamsError,
  MethodNotFoundError,
  RpcError,
  TimeoutError,
  UnsendableError,
} from '@bjsonrpc/peer';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { errorMembers } from '../printing/json-of.js';
import { printable } from '../printing/printable.js';
import type { DialectName } from './dialects.js';
import type { WireWatch } from './wire-watch.js';

/** How the failed call was made. */
export interface CallCircumstances {
  readonly dialect: DialectName;
  /** What has passed, where that was looked at. */
  readonly watch?: WireWatch | undefined;
  /** The address, as the user wrote it. */
  readonly url: string;
  /** Whether the error is told as JSON. */
  readonly json?: boolean;
  /** Methods that there are, with names like that of one that there is not. */
  readonly near?: readonly string[];
}

/** Whether the other side says that there is no such method. */
export function isUnknownMethod(error: unknown): error is RpcError {
  return (
    error instanceof MethodNotFoundError ||
    (error instanceof RpcError && /^Unknown method/.test(error.message))
  );
}

/** A call that failed: its error in a line, what to do about it, and the exit code. What is no failure of a call stays what it is. */
export function callFailure(error: unknown, circumstances: CallCircumstances): unknown {
  if (!(error instanceof RpcError)) return error;
  const { json = false } = circumstances;
  const text = json
    ? JSON.stringify({ error: errorMembers(error) })
    : printable(`${error.name}: ${error.message}`) + dataText(error);
  return new Failure(text, { ...classified(error, circumstances), cause: error });
}

function classified(
  error: Error,
  { dialect, watch, url, near = [] }: CallCircumstances,
): { readonly exitCode: number; readonly advice?: string | undefined } {
  if (error instanceof TimeoutError)
    return {
      exitCode: exitCodes.timeout,
      advice: watch?.advice(dialect) ?? 'The other side is there, and slow: --timeout waits longer.',
    };
  if (error instanceof ConnectionClosedError)
    return { exitCode: exitCodes.connectionLost, advice: adviceForLoss(error, { dialect, watch }) };
  if (error instanceof UnsendableError) return { exitCode: exitCodes.usage };
  if (isUnknownMethod(error))
    return {
      exitCode: exitCodes.answeredWithError,
      advice: watch?.advice(dialect) ?? adviceForName(near, url),
    };
  if (error instanceof InvalidParamsError)
    return {
      exitCode: exitCodes.answeredWithError,
      advice: `Its parameters: bjsonrpc describe ${quoted(url)}`,
    };
  return { exitCode: exitCodes.answeredWithError };
}

function adviceForName(near: readonly string[], url: string): string {
  const meant = near.length === 0 ? '' : `Did you mean ${near.map(printable).join(', or ')}? `;
  return `${meant}What there is: bjsonrpc describe ${quoted(url)}`;
}

function adviceForLoss(
  error: Error,
  { dialect, watch }: Pick<CallCircumstances, 'dialect' | 'watch'>,
): string | undefined {
  const told = `${error.message} ${(error.cause as Error | undefined)?.message ?? ''}`;
  if (/speaks HTTP/.test(told)) return 'It is a server of HTTP: if it takes WebSockets, ws://host:port/path.';
  if (/speaks TLS/.test(told)) return 'It speaks TLS: tls:// or wss://.';
  if (/Content-Length|header/i.test(told))
    return 'The framing differs: try --framing content-length, or lines.';
  return watch?.advice(dialect);
}

/** What came beside the message, on the same line. */
function dataText({ code, data }: RpcError): string {
  const told = [
    ...(code !== codes.handlerError ? [`code ${String(code)}`] : []),
    ...(data !== undefined ? [`data ${JSON.stringify(data)}`] : []),
  ];
  return told.length === 0 ? '' : printable(` (${told.join(', ')})`);
}

/** As it is typed in a shell. */
function quoted(url: string): string {
  return /^[\w:/.@%-]+$/.test(url) ? url : `'${url}'`;
}
