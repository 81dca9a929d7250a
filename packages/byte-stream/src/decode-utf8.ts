import { Buffer, isAscii, isUtf8 } from 'node:buffer';

/**
 * UTF-8 bytes to text; undefined if they are not UTF-8. Most traffic is ASCII, which Node checks and copies several
 * times faster than TextDecoder works, and gives a string of one byte per character.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  if (isAscii(bytes)) return asBuffer(bytes).toString('latin1');
  return isUtf8(bytes) ? asBuffer(bytes).toString('utf8') : undefined;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
