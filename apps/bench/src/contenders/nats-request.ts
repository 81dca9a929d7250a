/** Plain request and reply of NATS, JSON in its messages, as its documentation has it. */
import { connect as connectNats } from '@nats-io/transport-node';
import type { Contender, ContenderClient, ContenderServer, Item, Total } from '../contender.js';
import { startNatsServer } from './nats-server.js';
import { add, echo, Tally } from './tally.js';

async function serve(): Promise<ContenderServer> {
  const server = await startNatsServer();
  const connection = await connectNats({ servers: `127.0.0.1:${server.port}` });
  const tally = new Tally();
  connection.subscribe('bench.add', {
    callback: (_, message) => {
      const [a, b] = message.json<[number, number]>();
      message.respond(JSON.stringify(add(a, b)));
    },
  });
  connection.subscribe('bench.echo', {
    callback: (_, message) => void message.respond(JSON.stringify(echo(message.json()))),
  });
  connection.subscribe('bench.note', { callback: (_, message) => tally.note(message.json()) });
  connection.subscribe('bench.total', {
    callback: (_, message) => void message.respond(JSON.stringify(tally.total())),
  });
  await connection.flush();
  return {
    port: server.port,
    close: async () => {
      await connection.close();
      await server.close();
    },
  };
}

async function connect(port: number): Promise<ContenderClient> {
  const connection = await connectNats({ servers: `127.0.0.1:${port}` });
  const request = async <T>(subject: string, value: unknown): Promise<T> =>
    (await connection.request(subject, JSON.stringify(value), { timeout: 60_000 })).json<T>();
  return {
    add: (a, b) => request<number>('bench.add', [a, b]),
    echo: (value) => request<readonly Item[]>('bench.echo', value),
    note: (value) => connection.publish('bench.note', JSON.stringify(value)),
    total: () => request<Total>('bench.total', 0),
    close: () => connection.close(),
  };
}

export const contender: Contender = { transport: 'nats', serve, connect };
