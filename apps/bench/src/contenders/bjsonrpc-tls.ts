/** This project over TLS. */
import { tcp } from '@bjsonrpc/transport-tcp';
import type { Contender } from '../contender.js';
import { connectBjsonrpc, serveBjsonrpc } from './bjsonrpc.js';
import { certificate } from './certificate.js';

export const contender: Contender = {
  transport: 'tcp',
  serve: () =>
    serveBjsonrpc(
      tcp({ port: 0, tls: certificate, maxConnections: 20_000, maxConnectionsPerAddress: 20_000 }),
    ),
  connect: (port) => connectBjsonrpc(tcp({ port, tls: certificate })),
};
