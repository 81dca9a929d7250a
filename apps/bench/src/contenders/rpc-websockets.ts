/** rpc-websockets, server and client as its README shows. Its methods are told the socket's id. */
import { Client, Server } from 'rpc-websockets';
import type { Contender, ContenderClient, ContenderServer } from '../contender.js';
import { HOST, portOf } from './listen.js';
import { add, echo, Tally } from './tally.js';

async function serve(): Promise<ContenderServer> {
  const server = new Server({ port: 0, host: HOST });
  const tallies = new Map<string, Tally>();
  const tallyOf = (socket: string): Tally => {
    const tally = tallies.get(socket) ?? new Tally();
    tallies.set(socket, tally);
    return tally;
  };
  server.register('add', (params) => add(params[0], params[1]));
  server.register('echo', (params) => echo(params[0]));
  server.register('note', (params, socket) => tallyOf(socket).note(params[0]));
  server.register('total', (_params, socket) => tallyOf(socket).total());
  await new Promise((resolve) => server.once('listening', resolve));
  return { port: portOf(server.wss.address()), close: async () => void server.close() };
}

async function connect(port: number): Promise<ContenderClient> {
  const client = new Client(`ws://${HOST}:${port}`, { reconnect: false });
  await new Promise((resolve) => client.once('open', resolve));
  return {
    add: async (a, b) => Number(await client.call('add', [a, b])),
    echo: async (value) => (await client.call('echo', [value])) as typeof value,
    note: (value) => void client.notify('note', [value]),
    total: async () => (await client.call('total')) as { count: number; sum: number },
    close: async () => client.close(),
  };
}

export const contender: Contender = { transport: 'ws', serve, connect };
