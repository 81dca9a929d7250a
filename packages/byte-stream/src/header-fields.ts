import { FramingError } from '@bjsonrpc/protocol';

/** How much of what the other side wrote is told in an error. */
const TOLD_CHARACTERS = 40;

/** A parameter of a media type: its name, and its value, which may be in quotes. */
const PARAMETER = /;[ \t]*([^\s=;"]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))/g;

/**
 * The value of `Content-Length`: digits, and nothing else.
 *
 * @throws FramingError for anything else, and for a message longer than `maxMessageBytes`
 */
export function lengthOf(value: string, maxMessageBytes: number): number {
  if (!/^[0-9]+$/.test(value))
    throw new FramingError('header', `A Content-Length must be digits alone, and is ${told(value)}`);
  const length = Number(value);
  if (length > maxMessageBytes)
    throw new FramingError(
      'length',
      `A message is longer than ${maxMessageBytes} bytes: its Content-Length is ${told(value)}`,
    );
  return length;
}

/**
 * The value of `Content-Type`: whatever it says, as long as it is not another charset than UTF-8.
 *
 * @throws FramingError for another charset
 */
export function checkCharset(contentType: string): void {
  for (const [, name = '', quoted, plain = ''] of contentType.matchAll(PARAMETER)) {
    const value = (quoted ?? plain).trim();
    if (name.toLowerCase() === 'charset' && !/^utf-?8$/i.test(value))
      throw new FramingError(
        'encoding',
        `The other side writes in the charset ${told(value)}, and UTF-8 alone is read`,
      );
  }
}

function told(value: string): string {
  const start = value.slice(0, TOLD_CHARACTERS);
  return JSON.stringify(start.length < value.length ? `${start}…` : start);
}
