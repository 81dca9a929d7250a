/** vscode-jsonrpc over a socket, with its own reader, writer and `Content-Length` framing. */
import type { Socket } from 'node:net';
import {
  createMessageConnection,
  type MessageConnection,
  ParameterStructures,
  SocketMessageReader,
  SocketMessageWriter,
} from 'vscode-jsonrpc/node';
import type { Contender, ContenderClient, ContenderServer, Item } from '../contender.js';
import { dialTcp, listenTcp } from './listen.js';
import { add, echo, Tally } from './tally.js';

function connection(socket: Socket): MessageConnection {
  socket.setNoDelay(true);
  return createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
}

async function serve(): Promise<ContenderServer> {
  return listenTcp((socket) => {
    const tally = new Tally();
    const server = connection(socket);
    server.onRequest('add', (a: number, b: number) => add(a, b));
    server.onRequest('echo', (value: readonly Item[]) => echo(value));
    server.onNotification('note', (value: number) => tally.note(value));
    server.onRequest('total', () => tally.total());
    server.onRequest('callbacks', async (count: number) => {
      const answers: Promise<number>[] = [];
      for (let i = 0; i < count; i++) answers.push(server.sendRequest<number>('callback', i));
      await Promise.all(answers);
      return count;
    });
    server.listen();
  });
}

async function connect(port: number): Promise<ContenderClient> {
  const client = connection(await dialTcp(port));
  client.onRequest('callback', (value: number) => value);
  client.listen();
  return {
    add: (a, b) => client.sendRequest('add', a, b),
    echo: (value) => client.sendRequest('echo', ParameterStructures.byPosition, value),
    note: (value) => void client.sendNotification('note', value),
    total: () => client.sendRequest('total'),
    callbacks: (count) => client.sendRequest('callbacks', count),
    close: async () => client.end(),
  };
}

export const contender: Contender = { transport: 'tcp', serve, connect };
