/** What there is on some platforms beyond the language that this package is written in: ES2026, and Node. */
interface NativeBytes {
  toBase64?(): string;
}
interface NativeBytesType {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}
interface NodeBytes extends Uint8Array<ArrayBuffer> {
  toString(encoding?: 'base64'): string;
}
interface NodeBytesType {
  from(text: string, encoding: 'base64'): NodeBytes;
  from(buffer: ArrayBufferLike, at: number, length: number): NodeBytes;
}

const node = (globalThis as { readonly Buffer?: NodeBytesType }).Buffer;
const { toBase64 } = Uint8Array.prototype as NativeBytes;
const { fromBase64 } = Uint8Array as NativeBytesType;

/** Bytes as base64 (RFC 4648, section 4), padded, as fast as the platform can. */
export const encodeBase64: (bytes: Uint8Array) => string = toBase64
  ? (bytes) => toBase64.call(bytes)
  : node
    ? ({ buffer, byteOffset, byteLength }) => node.from(buffer, byteOffset, byteLength).toString('base64')
    : encodeByHand;

/**
 * The bytes, in a buffer of their own. Blanks are ignored, and padding may be missing.
 *
 * @throws for text that is not base64
 */
export const decodeBase64: (text: string) => Uint8Array<ArrayBuffer> = fromBase64
  ? (text) => fromBase64(text)
  : node
    ? (text) => fromNode(text, node) ?? decodeByHand(text)
    : decodeByHand;

/** Undefined for all but the plainest of texts: Node passes over what it cannot read. */
function fromNode(text: string, { from }: NodeBytesType): Uint8Array<ArrayBuffer> | undefined {
  const { length } = text;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (length % 4 !== 0 || text.includes('-') || text.includes('_')) return undefined; // it reads the other alphabet, too
  const bytes = from(text, 'base64');
  if (bytes.length !== (length / 4) * 3 - padding) return undefined;
  // Short ones are cut from a buffer that others are in, too.
  return bytes.buffer.byteLength === bytes.length ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes);
}

const alphabet: Uint8Array = Uint8Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  (letter) => letter.charCodeAt(0),
);
const PADDING = 61;
const ascii = new TextDecoder();

/** Three bytes are four letters. Exported for tests: it is for browsers of before 2026. */
export function encodeByHand(bytes: Uint8Array): string {
  const whole = bytes.length - (bytes.length % 3);
  const letters = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(PADDING);
  let to = 0;
  for (let i = 0; i < whole; i += 3) {
    const three = ((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8) | (bytes[i + 2] as number);
    letters[to] = alphabet[three >> 18] as number;
    letters[to + 1] = alphabet[(three >> 12) & 63] as number;
    letters[to + 2] = alphabet[(three >> 6) & 63] as number;
    letters[to + 3] = alphabet[three & 63] as number;
    to += 4;
  }
  if (whole < bytes.length) {
    const two = ((bytes[whole] as number) << 8) | (bytes[whole + 1] ?? 0);
    letters[to] = alphabet[two >> 10] as number;
    letters[to + 1] = alphabet[(two >> 4) & 63] as number;
    if (whole + 1 < bytes.length) letters[to + 2] = alphabet[(two << 2) & 63] as number;
  }
  return ascii.decode(letters);
}

export function decodeByHand(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
