import type { ByteLimits, ByteOptions } from '@bjsonrpc/byte-stream';

/** Where to dial or to listen, who may come in, and the limits of each connection. Every member is optional. */
export interface WsOptions extends ByteOptions {
  /** Where to dial: `wss://…` or `ws://…` (`https` and `http` mean the same). Instead of host, port and path. */
  readonly url?: string | URL;
  /** Interface to listen on, or host to dial. Default: `127.0.0.1`; nobody else can reach a server unless you say so. */
  readonly host?: string;
  /** Default: 10123. 0 listens on any free port; the listener's address says which. */
  readonly port?: number;
  /** The one path that is served, compared exactly; a query may follow it. Default: `/`. */
  readonly path?: string;
  /** Listen on this server of `node:http` or `node:https`, beside its other routes, instead of on host and port. */
  readonly server?: HttpServer;

  // Who may come in. All of it is decided before there is a connection.

  /**
   * The web pages that may connect: exact origins, such as `https://app.example.com`. Pages of the server itself, whose
   * origin is the very host and port that the request is for, need not be listed. Who sends no Origin is not a page, and
   * not concerned. `null`, which any page can send, is never allowed. Default: none, so that no other page in a user's
   * browser can reach a server of that user's.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * The names by which this server may be addressed, with a port or (any port) without. A page can point a name of its
   * own at any address; it cannot change the name. Default: `localhost`, `127.0.0.1`, `[::1]`, the `host` given and the
   * address listened on; on every interface (`0.0.0.0`, `::`), all addresses of this machine. A name of the machine, or
   * the address of a proxy or a container's host in front of it, must be listed.
   */
  readonly allowedHosts?: readonly string[];
  /** Connections at a time, those not yet let in included. Default: 10000. */
  readonly maxConnections?: number;
  /** The same from one address. Behind a proxy, all of them come from one. Default: 1000. */
  readonly maxConnectionsPerAddress?: number;
  /**
   * Says who is asking, from cookies, headers or the query: what it gives (or resolves to) is the connection's
   * `principal`. undefined or null, or throwing, refuses with 401; false refuses with 403.
   */
  authenticate?(request: UpgradeRequest): unknown;

  // Dialling from Node.

  /**
   * Which WebSocket dials: the platform's (the default, where it has one) or the `ws` package's, which can also hold
   * reading back, notice a dead server, and tell why it was refused. `headers` and `tls` imply `ws`. Node 20 has `ws` alone.
   */
  readonly use?: 'platform' | 'ws';
  /** Headers of the request, such as `authorization` or `cookie`. Not in browsers. */
  readonly headers?: { readonly [name: string]: string };
  /** For `wss`: what to trust, and who we are. Not in browsers. */
  readonly tls?: WsTlsOptions;

  /**
   * Whether this side offers, and accepts, to compress what is long (RFC 7692): where the network is slow and time is not. Texts of `threshold`
   * characters and more (1024 by default) are compressed, each by itself, at some 20 to 50 MB/s, within the turn of the loop in which they leave.
   * Bytes beside a message never are. Secrets next to what an attacker chooses are better not compressed. In browsers, the browser decides.
   * Default: false.
   */
  readonly perMessageDeflate?: boolean | { readonly threshold?: number };

  // Limits, on both sides, beside those of every connection.

  /** How long, in milliseconds, the whole of opening may take, authentication included. Default: 10000. 0: for ever. */
  readonly handshakeTimeoutMs?: number;
  /**
   * A side that was silent for so many milliseconds is pinged, and cut off when it is silent for as long again.
   * Default: 30000. 0: never. Browsers cannot ping; there, `pingInterval` of the peer does it.
   */
  readonly pingIntervalMs?: number;
}

/** The part of `http.Server` and `https.Server` that is needed. */
export interface HttpServer {
  listenerCount(event: string): number;
  address(): string | { readonly address: string; readonly port: number } | null;
}

/** What `authenticate` gets: an `http.IncomingMessage`. */
export interface UpgradeRequest {
  readonly url?: string | undefined;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** As in `node:tls`; certificates and keys as PEM text. */
export interface WsTlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** The limits that a connection has everywhere, with the defaults filled in. */
export interface WsLimits
  extends Omit<ByteLimits, 'maxUnfinishedBytes' | 'messageTimeoutMs' | 'firstMessageMs'> {
  readonly handshakeTimeoutMs: number;
  readonly pingIntervalMs: number;
}

/**
 * The defaults that other transports have too are spelled out: pages load this, and nothing of theirs.
 * `peerMaxMessageBytes`: what the peer is ready to take.
 */
export function limitsOf(options: WsOptions, peerMaxMessageBytes?: number): WsLimits {
  const { maxMessageBytes = peerMaxMessageBytes ?? 16 * 1024 * 1024 } = options;
  return {
    maxMessageBytes: Math.min(maxMessageBytes, peerMaxMessageBytes ?? maxMessageBytes),
    maxWriteBufferBytes: options.maxWriteBufferBytes ?? 64 * 1024 * 1024,
    writeStallMs: options.writeStallMs ?? 60_000,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 2_000,
    pingIntervalMs: options.pingIntervalMs ?? 30_000,
  };
}

/** How many a listener lets in, with the defaults filled in: those of every transport. */
export function crowdLimitsOf({ maxConnections = 10_000, maxConnectionsPerAddress = 1000 }: WsOptions): {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
} {
  return { maxConnections, maxConnectionsPerAddress };
}

/** The shorter of the transport's limit and the dial's, of which 0 and none are for ever; Infinity if both are. */
export function handshakeTimeoutOf({ handshakeTimeoutMs }: WsLimits, timeoutMs = 0): number {
  const forEver = Number.POSITIVE_INFINITY;
  return Math.min(handshakeTimeoutMs || forEver, timeoutMs || forEver);
}

/** What people write for options: an address alone will do. */
export function optionsOf(given: string | URL | WsOptions): WsOptions {
  return typeof given === 'string' || given instanceof URL ? { url: given } : given;
}

/** Where to dial. */
export function urlOf({ url, host = '127.0.0.1', port = 10123, path = '/' }: WsOptions): string {
  return url === undefined ? `ws://${bracketed(host)}:${port}${path}` : String(url).replace(/^http/i, 'ws');
}

/** An IPv6 address as it stands in front of a port. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
