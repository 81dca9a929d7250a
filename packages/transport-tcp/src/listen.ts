import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  CROWD_LIMITS,
  Crowd,
  type CrowdLimits,
  guardDoor,
  InputBudget,
  MAX_TIMER_MS,
  refusalTeller,
  setImmediate,
} from '@bjsonrpc/byte-stream';
import type { ConnectionInfo, Listener, ListenerAddress, ListenOptions, OnDuplex } from '@bjsonrpc/protocol';
import { bind } from './bind.js';
import { tcpDuplex } from './tcp-duplex.js';
import { handshakeTimeoutOf, limitsOf, type TcpOptions } from './tcp-options.js';

/** Offer connections until the listener closes. Rejects with an error that names the address. */
export async function listen(
  options: TcpOptions,
  onDuplex: OnDuplex,
  { maxMessageBytes, onRefused }: ListenOptions = {},
): Promise<Listener> {
  const limits = limitsOf(options, maxMessageBytes);
  const { framing } = options;
  const budget = new InputBudget(limits.maxUnfinishedBytes);
  const tell = refusalTeller(onRefused, 'tcp');
  const refused = (why: string, from?: Peer, cause?: Error): void =>
    tell({ remoteAddress: from && remoteOf(from), why, cause });
  let isOpen = true;
  const server = await createServer(options, (socket) => {
    const info = infoOf(socket);
    // A handshake may end after the listener was closed.
    if (!isOpen) {
      socket.destroy();
      return refused('the listener has closed', socket);
    }
    const remote = info.remoteAddress ?? 'the other side';
    onDuplex(tcpDuplex(socket, remote, { limits, framing, budget }), info);
  });
  guardDoor(server, new Crowd(crowdLimitsOf(options)), refused);
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    refused(`the TLS handshake failed: ${error.message}`, socket, error);
    // Node only tells of one that takes too long.
    socket.destroy();
  });
  await bind(server, options);
  // Once bound, what can still go wrong is one accept (no file descriptor left): the next one may do better.
  server.on('error', (error) => refused(error.message, undefined, error));
  return {
    address: addressOf(server, options),
    ref: () => void server.ref(),
    unref: () => void server.unref(),
    close: async () => {
      isOpen = false;
      // Its callback would wait for the connections, which live on; the address is free as soon as the handle is.
      server.close();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function crowdLimitsOf({
  maxConnections = CROWD_LIMITS.maxConnections,
  maxConnectionsPerAddress = CROWD_LIMITS.maxConnectionsPerAddress,
}: TcpOptions): CrowdLimits {
  return { maxConnections, maxConnectionsPerAddress };
}

/** What is known of the other side: a socket, or what is left of one. */
interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

async function createServer(
  options: TcpOptions,
  onSocket: (socket: Socket | TLSSocket) => void,
): Promise<Server> {
  if (options.tls === undefined) return createTcpServer({ allowHalfOpen: true }, onSocket);
  const { createServer: createTlsServer } = await import('node:tls');
  const handshakeTimeout = Math.min(handshakeTimeoutOf(options), MAX_TIMER_MS);
  return createTlsServer({ handshakeTimeout, ...options.tls, allowHalfOpen: true }, onSocket);
}

function addressOf(server: Server, options: TcpOptions): ListenerAddress {
  const address = server.address();
  if (options.path !== undefined || address === null || typeof address === 'string') {
    return typeof address === 'string' ? { path: address } : { path: options.path ?? '' };
  }
  return { host: address.address, port: address.port };
}

function remoteOf({ remoteAddress, remotePort }: Peer): string | undefined {
  if (remoteAddress === undefined) return undefined;
  return `${remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
}

function infoOf(socket: Socket | TLSSocket): ConnectionInfo {
  const remoteAddress = remoteOf(socket);
  const isKnown = 'authorized' in socket && socket.authorized;
  return {
    transport: 'tcp',
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
    // With `requestCert`: whom the client's certificate names, verified.
    ...(isKnown ? { principal: socket.getPeerCertificate().subject } : {}),
  };
}
