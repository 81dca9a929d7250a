/**
 * Not a library: sockets that echo bytes, or send as many as are asked for. What an idle connection costs is counted above one of
 * these, and bytes beside them.
 */
import { createReadStream } from 'node:fs';
import type { Socket } from 'node:net';
import type { Contender, Transfer } from '../contender.js';
import { ECHOED, echoClient } from './bare-echo.js';
import { dialTcp, listenTcp } from './listen.js';
import { chunksOf } from './transfer.js';

function serve(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    if (chunk.length === ECHOED.length) socket.write(chunk);
    else void send(socket, JSON.parse(chunk.toString()));
  });
}

async function send(socket: Socket, transfer: Transfer): Promise<void> {
  const { source, chunkBytes } = transfer;
  if (source !== undefined) {
    createReadStream(source, { highWaterMark: chunkBytes }).pipe(socket, { end: false });
    return;
  }
  for (const chunk of chunksOf(transfer)) {
    if (!socket.write(chunk)) await new Promise((resolve) => socket.once('drain', resolve));
  }
}

export const contender: Contender = {
  transport: 'tcp',
  serve: () => listenTcp(serve),
  connect: async (port) => echoClient(await dialTcp(port)),
};
