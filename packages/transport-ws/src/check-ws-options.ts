import { BYTE_OPTION_KINDS, checkOptions, type OptionKind } from '@bjsonrpc/byte-stream';
import type { WsOptions } from './ws-options.js';

const STRINGS: OptionKind = [
  'an array of strings',
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
];

const KINDS: Readonly<Record<keyof WsOptions, OptionKind>> = {
  url: ['a string or a URL', (value) => typeof value === 'string' || value instanceof URL],
  host: 'string',
  port: 'port',
  path: ['a path that begins with /', (value) => typeof value === 'string' && value.startsWith('/')],
  server: 'object',
  allowedOrigins: STRINGS,
  allowedHosts: STRINGS,
  maxConnections: 'amount',
  maxConnectionsPerAddress: 'amount',
  authenticate: 'function',
  use: ["'platform' or 'ws'", (value) => value === 'platform' || value === 'ws'],
  headers: 'object',
  tls: 'object',
  handshakeTimeoutMs: 'amount',
  pingIntervalMs: 'amount',
  perMessageDeflate: [
    'true, false or { threshold }, a number of characters',
    (value) => typeof value === 'boolean' || isThreshold(value),
  ],
  ...BYTE_OPTION_KINDS,
};

function isThreshold(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { threshold = 0, ...others } = value as { readonly threshold?: unknown };
  return typeof threshold === 'number' && threshold >= 0 && Object.keys(others).length === 0;
}

/** In Node alone: pages are to stay small. @throws TypeError for an option that there is not, or of the wrong kind */
export function checkWsOptions(options: WsOptions): void {
  checkOptions('ws', options, KINDS);
}
