/** This project over WebSocket. All connections come from one address, more than it would let in by default. */
import { ws } from '@bjsonrpc/transport-ws';
import type { Contender } from '../contender.js';
import { connectBjsonrpc, serveBjsonrpc } from './bjsonrpc.js';
import { HOST } from './listen.js';

export const contender: Contender = {
  transport: 'ws',
  serve: () =>
    serveBjsonrpc(ws({ host: HOST, port: 0, maxConnections: 20_000, maxConnectionsPerAddress: 20_000 })),
  connect: (port) => connectBjsonrpc(ws(`ws://${HOST}:${port}`)),
};
