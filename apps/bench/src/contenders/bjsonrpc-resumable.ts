/** This project over TCP, with sessions around it that nothing interrupts. */
import { resumable } from '@bjsonrpc/resumable';
import { tcp } from '@bjsonrpc/transport-tcp';
import type { Contender } from '../contender.js';
import { connectBjsonrpc, serveBjsonrpc } from './bjsonrpc.js';

export const contender: Contender = {
  transport: 'tcp',
  serve: () =>
    serveBjsonrpc(
      resumable(tcp({ port: 0, maxConnections: 20_000, maxConnectionsPerAddress: 20_000 }), {
        maxSessions: 20_000,
      }),
    ),
  connect: (port) => connectBjsonrpc(resumable(tcp({ port }))),
};
