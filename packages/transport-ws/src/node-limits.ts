import { type ByteLimits, byteLimits } from '@bjsonrpc/byte-stream';
import { limitsOf, type WsLimits, type WsOptions } from './ws-options.js';

/** The limits of one connection in Node, where more can be limited than in a page. */
export interface NodeWsLimits extends WsLimits, ByteLimits {}

/** `peerMaxMessageBytes`: what the peer is ready to take. */
export function nodeLimitsOf(options: WsOptions, peerMaxMessageBytes?: number): NodeWsLimits {
  return { ...byteLimits(options, peerMaxMessageBytes), ...limitsOf(options, peerMaxMessageBytes) };
}
