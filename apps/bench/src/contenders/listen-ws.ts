/** The same for WebSockets; apart, since whoever measures how soon a process has its first answer loads no more than it needs. */
import { WebSocket, WebSocketServer } from 'ws';
import type { ContenderServer } from '../contender.js';
import { BACKLOG, HOST, portOf } from './listen.js';

/** A WebSocket server that hands over each connection. */
export function listenWs(onSocket: (socket: WebSocket) => void): Promise<ContenderServer> {
  return new Promise((resolve, reject) => {
    const server = new WebSocketServer({ port: 0, host: HOST, backlog: BACKLOG, perMessageDeflate: false });
    server.once('error', reject);
    server.on('connection', onSocket);
    server.once('listening', () => {
      resolve({
        port: portOf(server.address()),
        close: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}

/** An open WebSocket of the `ws` package. */
export function dialWs(port: number): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${HOST}:${port}`, { perMessageDeflate: false });
    socket.once('error', reject);
    socket.once('open', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
