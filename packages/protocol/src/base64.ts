import * as page from './page-base64.js';

export { decodeByHand, encodeByHand } from './base64-by-hand.js';

/** What Node has. */
interface NodeBytes extends Uint8Array<ArrayBuffer> {
  toString(encoding?: 'base64'): string;
}
interface NodeBytesType {
  from(text: string, encoding: 'base64'): NodeBytes;
  from(buffer: ArrayBufferLike, at: number, length: number): NodeBytes;
}

const node = page.isNative ? undefined : (globalThis as { readonly Buffer?: NodeBytesType }).Buffer;

/** Bytes as base64, as a page has them, and as fast as the platform can: bundles made for browsers have page-base64.ts instead. */
export const encodeBase64: (bytes: Uint8Array) => string = node
  ? ({ buffer, byteOffset, byteLength }) => node.from(buffer, byteOffset, byteLength).toString('base64')
  : page.encodeBase64;

/** The bytes, in a buffer of their own, as a page has them. @throws for text that is not base64 */
export const decodeBase64: (text: string) => Uint8Array<ArrayBuffer> = node
  ? (text) => fromNode(text, node) ?? page.decodeBase64(text)
  : page.decodeBase64;

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
