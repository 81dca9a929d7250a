/** This project over NATS. The port is that of a server of NATS. */
import { nats } from '@bjsonrpc/transport-nats';
import type { Contender } from '../contender.js';
import { connectBjsonrpc, serveBjsonrpc } from './bjsonrpc.js';
import { startNatsServer } from './nats-server.js';

const subject = 'bench';

export const contender: Contender = {
  transport: 'nats',
  serve: async () => {
    const { port, close } = await startNatsServer();
    const server = await serveBjsonrpc(nats({ servers: `127.0.0.1:${port}`, subject }));
    return {
      port,
      close: async () => {
        await server.close();
        await close();
      },
    };
  },
  connect: (port) => connectBjsonrpc(nats({ servers: `127.0.0.1:${port}`, subject })),
};
