/**
 * jayson over TCP. Its TCP client opens a connection for each request, so its bursts are small (every call
 * takes a port for a while), and what a server knows of one client lives beside the server, not its connection.
 */
import jayson from 'jayson';
import promised from 'jayson/promise/index.js';
import type { Contender, ContenderClient, ContenderServer } from '../contender.js';
import { jaysonMethods, NOTIFICATION } from './jayson-methods.js';
import { HOST, listening } from './listen.js';

async function serve(): Promise<ContenderServer> {
  return listening(new jayson.Server(jaysonMethods()).tcp());
}

async function connect(port: number): Promise<ContenderClient> {
  const client = promised.Client.tcp({ host: HOST, port });
  const request = async (method: string, params: unknown[]) => (await client.request(method, params)).result;
  let noted = 0;
  return {
    add: (a, b) => request('add', [a, b]),
    echo: (value) => request('echo', [value]),
    note: (value) => {
      noted += 1;
      void client.request('note', [value], NOTIFICATION);
    },
    // Nothing orders one connection after another: ask until all notes are in.
    total: async () => {
      const limit = performance.now() + 10_000;
      let total = await request('total', []);
      while (total.count < noted && performance.now() < limit) total = await request('total', []);
      return total;
    },
    close: async () => {},
  };
}

export const contender: Contender = {
  transport: 'tcp',
  bursts: { method: 100, notify: 200 },
  serve,
  connect,
};
