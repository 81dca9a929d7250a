import { connect, type Socket } from 'node:net';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import type { TcpOptions } from '@bjsonrpc/transport-tcp';
import { listening } from './open-tcp.ts';

/** A bare socket that faces a TcpDuplex, and what it got to read. */
export class RawClient {
  readonly socket: Socket;
  text = '';
  isEnded = false;
  isClosed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('utf8');
    });
    socket.on('end', () => {
      this.isEnded = true;
    });
    socket.on('close', () => {
      this.isClosed = true;
    });
    // A reset is one of the ways in which a connection is closed at once.
    socket.on('error', () => {});
  }
}

/** A started server end, and a bare socket connected to it. */
export async function openRaw(
  options: TcpOptions = {},
): Promise<{ raw: RawClient; server: Probe; close(): Promise<void> }> {
  const { listener, address, accepted } = await listening(options);
  const raw = new RawClient(connect({ ...address, allowHalfOpen: true }));
  const { duplex } = await accepted();
  const server = new Probe(duplex).start();
  return {
    raw,
    server,
    close: async () => {
      raw.socket.destroy();
      await listener.close();
      await until('the close of the server end', () => server.isClosed);
    },
  };
}
