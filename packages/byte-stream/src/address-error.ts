const PLAIN_WORDS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['ENOENT', 'no such socket'],
  ['ENOTFOUND', 'no such host'],
  ['ETIMEDOUT', 'timed out'],
  ['EADDRINUSE', 'the address is in use'],
  ['EADDRNOTAVAIL', 'the address is not one of this machine'],
  ['EACCES', 'permission denied'],
]);

/**
 * `Cannot connect to 127.0.0.1:10123: connection refused`, with the system's code as `code` and its error as `cause`.
 *
 * @param what `Cannot connect to`, `Cannot listen on`
 * @param where the address, as people write it
 */
export function addressError(what: string, where: string, cause: NodeJS.ErrnoException): Error {
  const why = PLAIN_WORDS.get(cause.code ?? '') ?? cause.message;
  const error = new Error(`${what} ${where}: ${why}`, { cause });
  return cause.code === undefined ? error : Object.assign(error, { code: cause.code });
}
