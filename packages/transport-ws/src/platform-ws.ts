import type { Transport } from '@bjsonrpc/protocol';
import { dialPlatform } from './platform-dial.js';
import { optionsOf, type WsOptions } from './ws-options.js';

/**
 * One message per WebSocket frame, over the platform's own WebSocket: `connect(ws('wss://…'))`. It dials; what listens is in Node, Bun and Deno.
 *
 * Reading cannot be held back here, and a refusal does not say why: pages are not told.
 */
export function ws(options: string | URL | WsOptions = {}): Transport {
  return {
    name: 'ws',
    dial: (dialOptions) => dialPlatform(optionsOf(options), dialOptions),
    listen: () => Promise.reject(new TypeError('ws() listens on servers alone')),
  };
}
