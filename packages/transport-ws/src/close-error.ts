/** The codes of close frames of ours. */
export const GOODBYE = 1000;
export const UNEXPECTED = 1002;
export const INVALID_TEXT = 1007;
export const FAULT = 1011;

/** Codes that say goodbye: normal, going away, and none given. */
const CLEAN_CODES = [1000, 1001, 1005];

/** What a close frame's code (1006: there was no such frame) says happened; undefined: a clean close. */
export function closeError(code: number, reason: string, remote: string): Error | undefined {
  if (CLEAN_CODES.includes(code)) return undefined;
  if (code === 1006) return new Error(`The connection to ${remote} broke`);
  return new Error(`The connection was closed by ${remote} with code ${code}${reason && `: ${reason}`}`);
}

/** What a connection broke of. `isFault`: the other side sent what cannot be taken, on any connection. */
export function brokenError(remote: string, cause: Error, isFault: boolean): Error {
  const error = new Error(`The connection to ${remote} broke: ${cause.message}`, { cause });
  return isFault ? Object.assign(error, { isFault }) : error;
}

/** Whether the `ws` package complains of what the other side sent. */
export function isProtocolFault(error: Error): boolean {
  return 'code' in error && String(error.code).startsWith('WS_ERR');
}
