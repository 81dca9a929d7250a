import { deflateOptions } from './deflate.js';
import type { WsLimits, WsOptions } from './ws-options.js';

/** How every WebSocket of the `ws` package is made here. */
export function connectionOptions(
  { maxMessageBytes, closeTimeoutMs }: WsLimits,
  options: Pick<WsOptions, 'perMessageDeflate'>,
): {
  readonly perMessageDeflate: ReturnType<typeof deflateOptions>;
  readonly maxPayload: number;
  readonly skipUTF8Validation: true;
  readonly autoPong: false;
  readonly closeTimeout: number;
} {
  // Text is validated where it is decoded, in one go.
  return {
    perMessageDeflate: deflateOptions(options),
    maxPayload: maxMessageBytes,
    skipUTF8Validation: true,
    // It ends a connection for 60 pings in one piece.
    autoPong: false,
    closeTimeout: closeTimeoutMs,
  };
}
