import { Buffer } from 'node:buffer';

/**
 * What is said on the wire: a line of a letter and numbers, and after it, of data, the bytes.
 *
 *     D offset received limit    data: where it stands among all that this side sends
 *     F offset received limit    the end, after so many bytes; it counts as one byte more
 *     C received limit           so much has come, and so much may come
 *     S received limit           the same, and: what was sent beyond it is lost; send it again
 *     A received limit           the answer to that, with the same question
 *     R                          broken off
 *     X                          there is no such conversation (any more)
 *     K conversations            so many there are between these two processes: the answer to a ping
 *     H {"to":…}                 dialling: here I am
 *     N reason                   dialling: not here
 *     I instance                 finding: I am one
 */
export interface Frame {
  readonly kind: string;
  /** What stands after the letter. */
  readonly words: readonly string[];
  /** What stands after the line. */
  readonly bytes: Uint8Array;
}

/** The longest line but that of H. */
const MAX_LINE_BYTES = 1024;
/** So much room a line with three numbers takes at most. */
export const HEADER_BYTES = 64;
const LF = 0x0a;
const NOTHING = new Uint8Array(0);

/** Undefined: it is none. */
export function readFrame(data: Uint8Array): Frame | undefined {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  const lf = bytes.indexOf(LF);
  const end = lf === -1 ? bytes.length : lf;
  if (end === 0 || end > MAX_LINE_BYTES) return undefined;
  const [kind = '', ...words] = bytes.toString('latin1', 0, end).split(' ');
  return { kind, words, bytes: lf === -1 ? NOTHING : bytes.subarray(lf + 1) };
}

/** A number of bytes; NaN for anything else. */
export function amountOf(word: string | undefined): number {
  return word !== undefined && /^\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
}

/** A frame that is only its line. */
export function line(kind: string, ...words: readonly (string | number)[]): Uint8Array {
  return Buffer.from([kind, ...words].join(' '), 'latin1');
}

/** Data, behind its line. */
export function dataFrame(
  bytes: Uint8Array,
  numbers: { readonly offset: number; readonly received: number; readonly limit: number },
): Uint8Array {
  const header = `D ${numbers.offset} ${numbers.received} ${numbers.limit}\n`;
  const frame = Buffer.allocUnsafe(header.length + bytes.length);
  frame.write(header, 'latin1');
  frame.set(bytes, header.length);
  return frame;
}
