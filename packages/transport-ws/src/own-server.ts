import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { addressError, foreignProtocol } from '@bjsonrpc/byte-stream';
import { type Refusal, refuse } from './refusal.js';
import { bracketed, handshakeTimeoutOf, limitsOf, type WsOptions } from './ws-options.js';

/** A server that knows nothing but WebSockets, and does not wait for slow talkers. Rejects when it cannot listen. */
export function ownServer(
  options: WsOptions,
  onRefused: (refusal: Refusal, socket: Socket) => void,
): Promise<Server> {
  const { host = '127.0.0.1', port = 10123 } = options;
  const limitMs = handshakeTimeoutOf(limitsOf(options));
  const timeoutMs = Number.isFinite(limitMs) ? limitMs : 0;
  const server = createServer(
    {
      headersTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      connectionsCheckingInterval: Math.ceil((timeoutMs || 60_000) / 4),
    },
    ({ socket }, response) => {
      response.writeHead(426, { 'content-type': 'text/plain', connection: 'close', upgrade: 'websocket' });
      response.end('This is a WebSocket server.\n');
      onRefused({ status: 426, why: 'a plain HTTP request' }, socket);
    },
  );
  server.on('clientError', (error: BadRequest, socket: Socket) => {
    const refusal = whyBad(error);
    onRefused(refusal, socket);
    if (socket.writable && error.code !== 'ECONNRESET') refuse(socket, refusal);
    else socket.destroy();
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(addressError('Cannot listen on', `${bracketed(host)}:${port}`, error)),
    );
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve(server);
    });
  });
}

/** With the bytes that could not be read, if that was the reason. */
type BadRequest = NodeJS.ErrnoException & { readonly rawPacket?: Uint8Array };

function whyBad(error: BadRequest): Refusal {
  const cause = error;
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { status: 408, why: 'the request took too long', cause };
  }
  if (error.code === 'HPE_HEADER_OVERFLOW') return { status: 431, why: 'the headers are too long', cause };
  if (error.rawPacket && foreignProtocol(error.rawPacket) === 'TLS') {
    return { status: 400, why: 'this server does not speak TLS', cause };
  }
  return { status: 400, why: 'this is no request in HTTP', detail: error.message, cause };
}
