import type { ConnectionOptions, TlsOptions } from 'node:tls';

/** Where to listen or dial, and the limits of each connection. Every member is optional. */
export interface TcpOptions {
  /** Interface to listen on, or host to dial. Default: `127.0.0.1`; nobody else can reach a server unless you say so. */
  readonly host?: string;
  /** Default: 10123. 0 listens on any free port; the listener's address says which. */
  readonly port?: number;
  /** A unix socket (or a Windows pipe) instead of host and port. */
  readonly path?: string;
  /** TLS, with the options of `node:tls`. A server needs `key` and `cert`; a client may need `ca`. Default: none. */
  readonly tls?: TcpTlsOptions;
  /** The longest message accepted, in bytes; a longer one closes the connection. Default: 16 MiB. */
  readonly maxMessageBytes?: number;
  /** The most bytes that may wait for a reader; one more and the connection is cut off. Default: 64 MiB. */
  readonly maxWriteBufferBytes?: number;
  /** How long, in milliseconds, a reader may take nothing while bytes wait for it. Default: 60000. 0: for ever. */
  readonly writeStallMs?: number;
  /** After a clean close and once all is written: how long to wait for the other side to close too. Default: 2000. */
  readonly closeTimeoutMs?: number;
  /** Idle time before the system probes the connection, in milliseconds. Default: 60000. 0: never. */
  readonly keepAliveMs?: number;
  /** A listener turns away connections beyond this many. Default: no limit. */
  readonly maxConnections?: number;
}

/** What `node:tls` takes on both sides; each side ignores what is the other's. Pre-shared keys differ, and are left out. */
export type TcpTlsOptions = Omit<TlsOptions, 'pskCallback'> & Omit<ConnectionOptions, 'pskCallback'>;

/** The limits of one connection, with the defaults filled in. */
export interface TcpLimits {
  readonly maxMessageBytes: number;
  readonly maxWriteBufferBytes: number;
  readonly writeStallMs: number;
  readonly closeTimeoutMs: number;
  readonly keepAliveMs: number;
}

export function limitsOf(options: TcpOptions): TcpLimits {
  return {
    maxMessageBytes: options.maxMessageBytes ?? 16 * 1024 * 1024,
    maxWriteBufferBytes: options.maxWriteBufferBytes ?? 64 * 1024 * 1024,
    writeStallMs: options.writeStallMs ?? 60_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 2_000,
    keepAliveMs: options.keepAliveMs ?? 60_000,
  };
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
