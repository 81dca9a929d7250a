import type { Buffer } from 'node:buffer';
import { constants, deflateRawSync } from 'node:zlib';
import type { PerMessageDeflateOptions, WebSocket } from 'ws';
import type { WsOptions } from './ws-options.js';

/** Shorter texts grow, or shrink by too little to be worth the time. */
const DEFAULT_THRESHOLD = 1024;
/** The narrowest window that zlib keeps to. */
const MIN_WINDOW_BITS = 9;
/** With these bytes ends whatever is flushed; at the end of a message they are left out (RFC 7692, section 7.2.1). */
const FLUSH_BYTES = 4;

/**
 * How compression is offered, and accepted, where a user asks for it. Each message is compressed by itself: a connection keeps
 * no window from one to the next, and pays for compression only while it compresses.
 */
export function deflateOptions({
  perMessageDeflate = false,
}: Pick<WsOptions, 'perMessageDeflate'>): false | PerMessageDeflateOptions {
  if (perMessageDeflate === false) return false;
  return {
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    clientMaxWindowBits: false as unknown as number, // `ws` takes it, and its types do not
  };
}

/** How the texts of one open connection are compressed. */
export interface Deflating {
  /** From so many characters on. */
  readonly threshold: number;
  /** How far back the other side can look, as a power of two. */
  readonly windowBits: number;
}

/**
 * How an open connection compresses; undefined: not at all.
 *
 * @param responseHeaders what the server answered, as far as it is about extensions
 */
export function deflatingOf(
  { extensions }: Pick<WebSocket, 'extensions'>,
  { perMessageDeflate = false }: Pick<WsOptions, 'perMessageDeflate'>,
  responseHeaders = '',
): Deflating | undefined {
  if (!extensions.includes('permessage-deflate') || perMessageDeflate === false) return undefined;
  const { threshold = DEFAULT_THRESHOLD } = Object(perMessageDeflate) as { readonly threshold?: number };
  const [, bits = '15'] = /server_max_window_bits=(\d+)/.exec(responseHeaders) ?? [];
  const windowBits = Number(bits);
  return windowBits >= MIN_WINDOW_BITS ? { threshold, windowBits } : undefined;
}

/** The next part of a message, as its part of the compressed one. Each stands for itself: one after the other they are one stream. */
export function deflatePart(part: Uint8Array, windowBits: number, isLast: boolean): Buffer {
  const deflated = deflateRawSync(part, { windowBits, finishFlush: constants.Z_SYNC_FLUSH });
  return isLast ? deflated.subarray(0, -FLUSH_BYTES) : deflated;
}
