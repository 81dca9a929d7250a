import type { Buffer } from 'node:buffer';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex as Stream } from 'node:stream';
import { Server as TlsServer } from 'node:tls';
import { addressError } from '@bjsonrpc/byte-stream';
import type { ConnectionInfo, Duplex, Listener, ListenerAddress } from '@bjsonrpc/protocol';
import { WebSocketServer } from 'ws';
import { authenticate, Crowd, judge } from './gate.js';
import { refuse, route } from './upgrades.js';
import { connectionOptions, WsDuplex } from './ws-duplex.js';
import { bracketed, type HttpServer, limitsOf, type WsOptions } from './ws-options.js';

type OnDuplex = (duplex: Duplex, info: ConnectionInfo) => void;

/** Offer connections until the listener closes. Rejects with an error that names the address. */
export async function listen(options: WsOptions, onDuplex: OnDuplex): Promise<Listener> {
  const { path = '/', server } = options;
  if (server !== undefined) {
    const stop = takeUpgrades(server, options, onDuplex);
    return {
      // It may begin to listen later.
      get address() {
        return addressOf(server, path);
      },
      close: async () => stop(),
    };
  }
  const own = await ownServer(options);
  const stop = takeUpgrades(own, options, onDuplex);
  const address = addressOf(own, path);
  return {
    address,
    close: async () => {
      stop();
      // Its callback would wait for the connections, which live on; the address is free as soon as the handle is.
      own.close();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Everybody passes the gate before there is anything to pass on. Returns how to stop it. */
function takeUpgrades(server: HttpServer, options: WsOptions, onDuplex: OnDuplex): () => void {
  const limits = limitsOf(options);
  const crowd = new Crowd(options);
  const upgrader = new WebSocketServer({
    ...connectionOptions(limits),
    noServer: true,
    clientTracking: false,
  });
  let isOpen = true;

  const upgrade = async (request: IncomingMessage, socket: Stream, head: Buffer): Promise<void> => {
    if (!(socket instanceof Socket)) return void socket.destroy();
    socket.on('error', () => {});
    const address = socket.remoteAddress ?? '';
    const refusal = judge(request.headers, options) ?? crowd.enter(address);
    if (refusal) return refuse(socket, refusal);
    socket.once('close', () => crowd.leave(address));
    const entry = options.authenticate
      ? await authenticate(() => options.authenticate?.(request), limits.handshakeTimeoutMs)
      : undefined;
    if (entry && 'status' in entry) return refuse(socket, entry);
    if (!isOpen) return refuse(socket, { status: 503, why: 'closing' });
    upgrader.handleUpgrade(request, socket, head, (opened) => {
      const remote = `${bracketed(address)}:${socket.remotePort}`;
      const duplex = new WsDuplex({ socket: opened, raw: socket, isClient: false, remote, limits });
      onDuplex(duplex, { transport: 'ws', remoteAddress: remote, ...entry });
    });
  };

  const unroute = route(server, options.path ?? '/', (request, socket, head) => {
    // Whoever else upgraded this socket too is mistaken; nobody gets it.
    upgrade(request, socket, head).catch(() => socket.destroy());
  });
  return () => {
    isOpen = false;
    unroute();
  };
}

/** A server that knows nothing but WebSockets, and does not wait for slow talkers. */
function ownServer(options: WsOptions): Promise<Server> {
  const { host = '127.0.0.1', port = 10123, maxConnections = 10_000 } = options;
  const { handshakeTimeoutMs } = limitsOf(options);
  const server = createServer(
    {
      headersTimeout: handshakeTimeoutMs,
      requestTimeout: handshakeTimeoutMs,
      connectionsCheckingInterval: Math.ceil(handshakeTimeoutMs / 4),
    },
    (_request, response) => {
      response.writeHead(426, { 'content-type': 'text/plain', connection: 'close', upgrade: 'websocket' });
      response.end('This is a WebSocket server.\n');
    },
  );
  // A little more than may be let in, so that those beyond are told.
  server.maxConnections = maxConnections + 64;
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(addressError('Cannot listen on', `${bracketed(host)}:${port}`, error)),
    );
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      // Once bound, what can still go wrong is one accept (no file descriptor left): the next one may do better.
      server.on('error', () => {});
      resolve(server);
    });
  });
}

function addressOf(server: HttpServer, path: string): ListenerAddress {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return { path };
  const { address: host, port } = bound;
  const scheme = server instanceof TlsServer ? 'wss' : 'ws';
  return { host, port, path, url: `${scheme}://${bracketed(host)}:${port}${path}` };
}
