const PLAIN_WORDS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['ENOENT', 'no such socket'],
  ['ENOTFOUND', 'no such host'],
  ['ETIMEDOUT', 'timed out'],
  ['EADDRINUSE', 'the address is in use'],
  ['EADDRNOTAVAIL', 'the address is not one of this machine'],
  ['EACCES', 'permission denied'],
  ['EAGAIN', 'too many wait to connect'],
  ['ENAMETOOLONG', 'the path is too long for a socket'],
]);

/**
 * `Cannot connect to 127.0.0.1:10123: connection refused`, with the system's code as `code` and its error as `cause`.
 *
 * @param what `Cannot connect to`, `Cannot listen on`
 * @param where the address, as people write it
 */
export function addressError(what: string, where: string, cause: NodeJS.ErrnoException): Error {
  const code = cause.code ?? '';
  const why = PLAIN_WORDS.get(code) ?? foreignWords(cause) ?? cause.message;
  const error = new Error(`${what} ${where}: ${why}`, { cause });
  return cause.code === undefined ? error : Object.assign(error, { code: cause.code });
}

/** `Cannot connect to 127.0.0.1:10123: timed out after 10000 ms, waiting for the TLS handshake` */
export function dialTimeout(where: string, limitMs: number, waitingFor: string): Error {
  const error = new Error(
    `Cannot connect to ${where}: timed out after ${limitMs} ms, waiting for ${waitingFor}`,
  );
  return Object.assign(error, { code: 'ETIMEDOUT' });
}

/** Of the TLS library's errors Node gives some a code, and of others only their text. */
function foreignWords({ code, message }: NodeJS.ErrnoException): string | undefined {
  if (/wrong version number|packet length too long|record layer failure|unknown protocol/i.test(message)) {
    return 'the other side does not speak TLS';
  }
  return code?.startsWith('HPE_') ? 'the other side does not speak HTTP' : undefined;
}
