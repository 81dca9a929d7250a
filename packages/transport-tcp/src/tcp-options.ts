import type { ConnectionOptions, TlsOptions } from 'node:tls';
import { type ByteLimits, type ByteOptions, byteLimits, type FramingName } from '@bjsonrpc/byte-stream';

/** Where to listen or dial, and the limits of each connection. Every member is optional. */
export interface TcpOptions extends ByteOptions {
  /** Interface to listen on, or host to dial. Default: `127.0.0.1`; nobody else can reach a server unless you say so. */
  readonly host?: string;
  /** Default: 10123. 0 listens on any free port; the listener's address says which. */
  readonly port?: number;
  /** A unix socket (or a Windows pipe) instead of host and port. */
  readonly path?: string;
  /** TLS, with the options of `node:tls`. A server needs `key` and `cert`; a client may need `ca`. Default: none. */
  readonly tls?: TcpTlsOptions;
  /**
   * How messages stand in the bytes: one a line (`lines`), or each behind a header with its length (`content-length`), as
   * language servers have it. Both sides must have the same. Default: `lines`.
   */
  readonly framing?: FramingName;
  /** Idle time before the system probes the connection, in milliseconds. Default: 60000. 0: never. */
  readonly keepAliveMs?: number;
  /**
   * How long, in milliseconds, opening may take: finding the host, connecting, the TLS handshake. A listener gives the
   * handshake as long. Default: 10000. 0: for ever.
   */
  readonly handshakeTimeoutMs?: number;
  /** A listener turns away connections beyond this many. Default: 10000. */
  readonly maxConnections?: number;
  /** The same from one address, of IPv6 from one network of 64 bits. Unix sockets have none. Default: 1000. */
  readonly maxConnectionsPerAddress?: number;
}

/** What `node:tls` takes on both sides; each side ignores what is the other's. Pre-shared keys differ, and are left out. */
export type TcpTlsOptions = Omit<TlsOptions, 'pskCallback'> & Omit<ConnectionOptions, 'pskCallback'>;

/** The limits of one connection, with the defaults filled in. */
export interface TcpLimits extends ByteLimits {
  readonly keepAliveMs: number;
}

/** `peerMaxMessageBytes`: what the peer is ready to take. */
export function limitsOf(options: TcpOptions, peerMaxMessageBytes?: number): TcpLimits {
  return { ...byteLimits(options, peerMaxMessageBytes), keepAliveMs: options.keepAliveMs ?? 60_000 };
}

/** The shorter of the transport's limit and the dial's, of which 0 and none are for ever; Infinity if both are. */
export function handshakeTimeoutOf({ handshakeTimeoutMs }: TcpOptions, timeoutMs?: number): number {
  return Math.min(
    ...[handshakeTimeoutMs ?? 10_000, timeoutMs ?? 0].map((ms) => ms || Number.POSITIVE_INFINITY),
  );
}

export function hostOf(options: TcpOptions): string {
  return options.host ?? '127.0.0.1';
}

export function portOf(options: TcpOptions): number {
  return options.port ?? 10123;
}

/** The address as people write it, for error messages. */
export function describeAddress(options: TcpOptions): string {
  if (options.path !== undefined) return options.path;
  const host = hostOf(options);
  return `${host.includes(':') ? `[${host}]` : host}:${portOf(options)}`;
}
