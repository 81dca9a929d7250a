/** Longest user, host and port of a URL: a name of the DNS has 253 characters. */
const MAX_AUTHORITY = 512;

/** What stands between the scheme and the path: in URLs of these schemes with any number of slashes, in others after two. */
const AUTHORITY = /^(?:(?:https?|wss?|ftp|file):[/\\]*|[^:/?#]*:\/\/)([^/\\?#]*)/i;

/**
 * A URL of the other side. Reading a host in other letters takes more than linear time, escaped ones included, so the text
 * must be one as `URL.href` gives it, in printable ASCII, and its authority short.
 *
 * @throws TypeError
 */
export function parseUrl(text: string): URL {
  if (!/^[!-~]*$/.test(text)) throw new TypeError('a URL is written in ASCII: escape it, as its href does');
  const [, authority = ''] = AUTHORITY.exec(text) ?? [];
  if (authority.length > MAX_AUTHORITY)
    throw new TypeError(`the host of a URL may have ${MAX_AUTHORITY} characters`);
  return new URL(text);
}
