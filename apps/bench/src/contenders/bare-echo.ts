/** The client of a bare socket: it echoes, and takes bytes. */
import type { Socket } from 'node:net';
import type { ContenderClient } from '../contender.js';
import { receive } from './bare-receiver.js';

/** What a server sends back as it is. */
export const ECHOED = '{}';

export function echoClient(socket: Socket): ContenderClient {
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
    close: () =>
      new Promise((closed) => {
        socket.once('close', () => closed());
        socket.end();
      }),
  };
}
