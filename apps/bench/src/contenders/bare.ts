/** Not a library: sockets that echo bytes. What an idle connection costs is counted above one of these. */
import type { Contender, ContenderClient, ContenderServer } from '../contender.js';
import { dialTcp, listenTcp } from './listen.js';

async function serve(): Promise<ContenderServer> {
  return listenTcp((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => void socket.write(chunk));
  });
}

async function connect(port: number): Promise<ContenderClient> {
  const socket = await dialTcp(port);
  socket.on('error', () => socket.destroy());
  let resolve: ((sum: number) => void) | undefined;
  socket.on('data', () => resolve?.(0));
  const cannot = (): never => {
    throw new Error('a bare socket has no methods');
  };
  return {
    add: (a, b) =>
      new Promise((answered) => {
        resolve = () => answered(a + b);
        socket.write('{}\n');
      }),
    echo: cannot,
    note: cannot,
    total: cannot,
    close: async () => void socket.end(),
  };
}

export const contender: Contender = { transport: 'tcp', serve, connect };
