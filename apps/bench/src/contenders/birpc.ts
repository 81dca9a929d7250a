/** birpc over `ws`, with the serializer that its README gives for WebSocket. */
import { type BirpcReturn, createBirpc } from 'birpc';
import type { WebSocket } from 'ws';
import type { Contender, ContenderClient, ContenderServer } from '../contender.js';
import { dialWs, listenWs } from './listen-ws.js';
import { add, echo, Tally } from './tally.js';

function serverFunctions(callback: (value: number) => Promise<number>) {
  const tally = new Tally();
  return {
    add,
    echo,
    note: (value: number) => tally.note(value),
    total: () => tally.total(),
    callbacks: async (count: number) => {
      const answers: Promise<number>[] = [];
      for (let i = 0; i < count; i++) answers.push(callback(i));
      await Promise.all(answers);
      return count;
    },
  };
}

type ServerFunctions = ReturnType<typeof serverFunctions>;
interface ClientFunctions {
  callback(value: number): number;
}

function channel(socket: WebSocket) {
  return {
    post: (data: string) => socket.send(data),
    on: (receive: (data: unknown) => void) => void socket.on('message', receive),
    serialize: (value: unknown) => JSON.stringify(value),
    deserialize: (data: Buffer) => JSON.parse(data.toString()),
  };
}

async function serve(): Promise<ContenderServer> {
  return listenWs((socket) => {
    const functions = serverFunctions((value) => client.callback(value));
    const client: BirpcReturn<ClientFunctions, ServerFunctions> = createBirpc<
      ClientFunctions,
      ServerFunctions
    >(functions, channel(socket));
  });
}

async function connect(port: number): Promise<ContenderClient> {
  const socket = await dialWs(port);
  const server = createBirpc<ServerFunctions, ClientFunctions>(
    { callback: (value) => value },
    channel(socket),
  );
  return {
    add: (a, b) => server.add(a, b),
    echo: (value) => server.echo(value),
    note: (value) => void server.note.asEvent(value),
    total: () => server.total(),
    callbacks: (count) => server.callbacks(count),
    close: async () => socket.close(),
  };
}

export const contender: Contender = { transport: 'ws', serve, connect };
