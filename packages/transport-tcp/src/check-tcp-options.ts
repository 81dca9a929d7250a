import { BYTE_OPTION_KINDS, checkOptions, FRAMING_KIND, type OptionKind } from '@bjsonrpc/byte-stream';
import type { TcpOptions } from './tcp-options.js';

const KINDS: Readonly<Record<keyof TcpOptions, OptionKind>> = {
  host: 'string',
  port: 'port',
  path: 'string',
  tls: 'object',
  framing: FRAMING_KIND,
  keepAliveMs: 'amount',
  handshakeTimeoutMs: 'amount',
  maxConnections: 'amount',
  maxConnectionsPerAddress: 'amount',
  ...BYTE_OPTION_KINDS,
};

/** @throws TypeError for an option that there is not, or of the wrong kind */
export function checkTcpOptions(options: TcpOptions): void {
  checkOptions('tcp', options, KINDS);
}
