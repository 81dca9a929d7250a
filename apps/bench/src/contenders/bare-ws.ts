/** Not a library: WebSockets of the `ws` package, which echo a message or send as many binary ones as are asked for. */
import type { WebSocket } from 'ws';
import type { Contender, ContenderClient, ContenderServer, Transfer } from '../contender.js';
import { ECHOED } from './bare-echo.js';
import { receive } from './bare-receiver.js';
import { dialWs, listenWs } from './listen-ws.js';
import { parts } from './transfer.js';

/** More than this is not put into a socket's buffer. */
const HIGH_WATER_BYTES = 1024 * 1024;

async function serve(): Promise<ContenderServer> {
  return listenWs((socket) => {
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      const text = data.toString();
      if (text === ECHOED) socket.send(text);
      else void send(socket, JSON.parse(text));
    });
  });
}

async function send(socket: WebSocket, transfer: Transfer): Promise<void> {
  for await (const part of parts(transfer)) {
    if (socket.bufferedAmount < HIGH_WATER_BYTES) socket.send(part);
    else await new Promise((resolve) => socket.send(part, resolve));
  }
}

async function connect(port: number): Promise<ContenderClient> {
  const socket = await dialWs(port);
  let onBytes: ((bytes: Uint8Array) => void) | undefined;
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => onBytes?.(data as Buffer));
  const cannot = (): never => {
    throw new Error('a bare socket has no methods');
  };
  const flow = {
    onBytes: (listener: typeof onBytes) => (onBytes = listener),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
  return {
    add: (a, b) =>
      new Promise((answered) => {
        onBytes = () => answered(a + b);
        socket.send(ECHOED);
      }),
    echo: cannot,
    note: cannot,
    total: cannot,
    bytes: (transfer) => receive(flow, transfer, (text) => socket.send(text)),
    close: () =>
      new Promise((closed) => {
        socket.once('close', () => closed());
        socket.close();
      }),
  };
}

export const contender: Contender = { transport: 'ws', serve, connect };
