/** Opening and closing of sockets and servers on loopback, for the contenders that bring none of their own. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ContenderServer } from '../contender.js';

export const HOST = '127.0.0.1';

/** Many clients at once may knock before the first is let in. */
export const BACKLOG = 4096;

/** A TCP server that hands over each connection. */
export function listenTcp(onSocket: (socket: Socket) => void): Promise<ContenderServer> {
  return listening(createServer(onSocket));
}

/** Starts a server that is a `net.Server`, whoever made it. */
export function listening(server: Server): Promise<ContenderServer> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: HOST, backlog: BACKLOG }, () => {
      resolve({
        port: portOf(server.address()),
        close: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}

/** A connected TCP socket. */
export function dialTcp(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: HOST, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** The port of a listening server's address. */
export function portOf(address: unknown): number {
  if (
    typeof address === 'object' &&
    address !== null &&
    'port' in address &&
    typeof address.port === 'number'
  ) {
    return address.port;
  }
  throw new Error(`not listening on a port: ${JSON.stringify(address)}`);
}
