import { decodeByHand, encodeByHand } from './base64-by-hand.js';

/** What there is on some platforms beyond the language that this package is written in: ES2026. */
interface NativeBytes {
  toBase64?(): string;
}
interface NativeBytesType {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}

const { toBase64 } = Uint8Array.prototype as NativeBytes;
const { fromBase64 } = Uint8Array as NativeBytesType;

/** Whether the language itself has base64. */
export const isNative: boolean = toBase64 !== undefined;

/** Bytes as base64 (RFC 4648, section 4), padded, as fast as a browser can. */
export const encodeBase64: (bytes: Uint8Array) => string = toBase64
  ? (bytes) => toBase64.call(bytes)
  : encodeByHand;

/**
 * The bytes, in a buffer of their own. Blanks are ignored, and padding may be missing.
 *
 * @throws for text that is not base64
 */
export const decodeBase64: (text: string) => Uint8Array<ArrayBuffer> = fromBase64
  ? (text) => fromBase64(text)
  : decodeByHand;
