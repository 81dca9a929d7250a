/**
 * Not a library: sockets that echo bytes, or send as many as are asked for. What an idle connection costs is counted above one of
 * these, and bytes beside them.
 */
import { createReadStream } from 'node:fs';
import type { Socket } from 'node:net';
import type { Contender, ContenderClient, ContenderServer, Transfer } from '../contender.js';
import { receive } from './bare-receiver.js';
import { dialTcp, listenTcp } from './listen.js';
import { chunksOf } from './transfer.js';

const ECHOED = '{}';

async function serve(): Promise<ContenderServer> {
  return listenTcp((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      if (chunk.length === ECHOED.length) socket.write(chunk);
      else void send(socket, JSON.parse(chunk.toString()));
    });
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

async function connect(port: number): Promise<ContenderClient> {
  const socket = await dialTcp(port);
  let onBytes: ((bytes: Uint8Array) => void) | undefined;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Uint8Array) => onBytes?.(chunk));
  const cannot = (): never => {
    throw new Error('a bare socket has no methods');
  };
  const flow = {
    onBytes: (listener: typeof onBytes) => (onBytes = listener),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
  };
  return {
    add: (a, b) =>
      new Promise((answered) => {
        onBytes = () => answered(a + b);
        socket.write(ECHOED);
      }),
    echo: cannot,
    note: cannot,
    total: cannot,
    bytes: (transfer) => receive(flow, transfer, (text) => socket.write(text)),
    close: async () => void socket.end(),
  };
}

export const contender: Contender = { transport: 'tcp', serve, connect };
