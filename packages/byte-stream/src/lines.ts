import { LineDecoder } from '@bjsonrpc/protocol';
import { decodeUtf8 } from './decode-utf8.js';
import type { Framing } from './framing.js';

/** A message a line: the framing of the protocol (section 1). */
export const lines: Framing = {
  decoder: (maxMessageBytes) => new LineDecoder({ maxMessageBytes, decode: decodeUtf8 }),
  frame: (message) => `${message}\n`,
};
