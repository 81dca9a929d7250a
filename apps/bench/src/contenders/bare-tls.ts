/** Not a library: TLS sockets that echo bytes. */
import { connect, createServer } from 'node:tls';
import type { Contender } from '../contender.js';
import { echoClient } from './bare-echo.js';
import { certificate } from './certificate.js';
import { HOST, listening } from './listen.js';

export const contender: Contender = {
  transport: 'tcp',
  serve: () =>
    listening(
      createServer(certificate, (socket) => {
        socket.setNoDelay(true);
        socket.on('error', () => socket.destroy());
        socket.on('data', (chunk) => void socket.write(chunk));
      }),
    ),
  connect: (port) =>
    new Promise((resolve, reject) => {
      const socket = connect({ ...certificate, port, host: HOST });
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        socket.off('error', reject);
        resolve(echoClient(socket));
      });
    }),
};
