import { Buffer } from 'node:buffer';

const CR = 0x0d;
const LF = 0x0a;
const ZERO = 0x30;
const NAME: Uint8Array = Buffer.from('Content-Length: ');
/** As many digits as a number surely holds. */
const MAX_DIGITS = 15;

/** Where a block of headers ends, and the length that it gives. */
export interface PlainHeader {
  readonly end: number;
  readonly length: number;
}

/**
 * The whole block at `start` if it is `Content-Length: 38` in just that spelling: nearly all are, and reading them in
 * general takes several times as long. Undefined: it is another one, or no header, or has not ended.
 */
export function plainHeader(chunk: Uint8Array, start: number): PlainHeader | undefined {
  for (let i = 0; i < NAME.length; i++) if (chunk[start + i] !== NAME[i]) return undefined;
  let at = start + NAME.length;
  let length = 0;
  const digitsEnd = at + MAX_DIGITS;
  for (; at < digitsEnd; at++) {
    const digit = (chunk[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    length = 10 * length + digit;
  }
  const isEnded = chunk[at] === CR && chunk[at + 1] === LF && chunk[at + 2] === CR && chunk[at + 3] === LF;
  return isEnded && at > start + NAME.length ? { end: at + 4, length } : undefined;
}
