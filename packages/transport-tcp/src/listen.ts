import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { addressError } from '@bjsonrpc/byte-stream';
import type { ConnectionInfo, Duplex, Listener, ListenerAddress } from '@bjsonrpc/protocol';
import { tcpDuplex } from './tcp-duplex.js';
import { describeAddress, hostOf, limitsOf, portOf, type TcpOptions } from './tcp-options.js';

type OnDuplex = (duplex: Duplex, info: ConnectionInfo) => void;

/** Offer connections until the listener closes. Rejects with an error that names the address. */
export async function listen(options: TcpOptions, onDuplex: OnDuplex): Promise<Listener> {
  const limits = limitsOf(options);
  let isOpen = true;
  const offer = (socket: Socket): void => {
    // A handshake may end after the listener was closed.
    if (!isOpen) return void socket.destroy();
    const info = infoOf(socket);
    onDuplex(tcpDuplex(socket, info.remoteAddress ?? 'the other side', limits), info);
  };
  const server = createServer(options, offer);
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections;
  await bind(server, options);
  // Once bound, what can still go wrong is one accept (no file descriptor left): the next one may do better.
  server.on('error', () => {});
  const address = addressOf(server, options);
  return {
    address,
    close: async () => {
      isOpen = false;
      // Its callback would wait for the connections, which live on; the address is free as soon as the handle is.
      server.close();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function createServer(options: TcpOptions, onSocket: (socket: Socket) => void): Server {
  if (options.tls === undefined) return createTcpServer({ allowHalfOpen: true }, onSocket);
  return createTlsServer({ handshakeTimeout: 10_000, ...options.tls, allowHalfOpen: true }, onSocket);
}

/** Listen, taking over the file of a unix socket whose process died without removing it. */
async function bind(server: Server, options: TcpOptions): Promise<void> {
  try {
    await bindOnce(server, options);
  } catch (error) {
    const { path } = options;
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken || path === undefined || !(await isDeadSocket(path))) {
      throw addressError(
        'Cannot listen on',
        describeAddress(options),
        error instanceof Error ? error : new Error(String(error)),
      );
    }
    await unlink(path);
    await bindOnce(server, options);
  }
}

function bindOnce(server: Server, options: TcpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(
      options.path === undefined ? { host: hostOf(options), port: portOf(options) } : { path: options.path },
      () => {
        server.off('error', reject);
        resolve();
      },
    );
  });
}

async function isDeadSocket(path: string): Promise<boolean> {
  // Dialling an ordinary file is refused as well, and that is not ours to remove.
  const isSocket = await lstat(path).then(
    (stats) => stats.isSocket(),
    () => false,
  );
  if (!isSocket) return false;
  return new Promise((resolve) => {
    const probe = connect({ path });
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

function addressOf(server: Server, options: TcpOptions): ListenerAddress {
  const address = server.address();
  if (options.path !== undefined || address === null || typeof address === 'string') {
    return typeof address === 'string' ? { path: address } : { path: options.path ?? '' };
  }
  return { host: address.address, port: address.port };
}

function infoOf(socket: Socket): ConnectionInfo {
  const { remoteAddress, remotePort } = socket;
  const isKnown = socket instanceof TLSSocket && socket.authorized;
  return {
    transport: 'tcp',
    ...(remoteAddress === undefined
      ? {}
      : {
          remoteAddress: `${remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`,
        }),
    // With `requestCert`: whom the client's certificate names, verified.
    ...(isKnown ? { principal: socket.getPeerCertificate().subject } : {}),
  };
}
