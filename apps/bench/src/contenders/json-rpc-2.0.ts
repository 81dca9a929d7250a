/**
 * json-rpc-2.0, as its README shows for a bidirectional channel (`JSONRPCServerAndClient`). It brings no framing;
 * it gets the same hand-written one as the limit, gathered writes included.
 */

import type { Socket } from 'node:net';
import rpc, { type JSONRPCServerAndClient } from 'json-rpc-2.0';
import type { Contender, ContenderClient, ContenderServer } from '../contender.js';
import { LineSocket } from './line-socket.js';
import { dialTcp, listenTcp } from './listen.js';
import { add, echo, Tally } from './tally.js';

function peer(socket: Socket): { rpc: JSONRPCServerAndClient; lines: LineSocket } {
  const lines: LineSocket = new LineSocket(
    socket,
    (line) => void serverAndClient.receiveAndSend(JSON.parse(line)),
  );
  const serverAndClient = new rpc.JSONRPCServerAndClient(
    new rpc.JSONRPCServer(),
    new rpc.JSONRPCClient((request) => {
      lines.send(JSON.stringify(request));
      return Promise.resolve();
    }),
  );
  return { rpc: serverAndClient, lines };
}

async function serve(): Promise<ContenderServer> {
  return listenTcp((socket) => {
    const tally = new Tally();
    const { rpc: server } = peer(socket);
    server.addMethod('add', ([a, b]) => add(a, b));
    server.addMethod('echo', ([value]) => echo(value));
    server.addMethod('note', ([value]) => tally.note(value));
    server.addMethod('total', () => tally.total());
    server.addMethod('callbacks', async ([count]) => {
      const answers: PromiseLike<number>[] = [];
      for (let i = 0; i < count; i++) answers.push(server.request('callback', [i]));
      await Promise.all(answers);
      return count;
    });
  });
}

async function connect(port: number): Promise<ContenderClient> {
  const { rpc: client, lines } = peer(await dialTcp(port));
  client.addMethod('callback', ([value]) => value);
  return {
    add: async (a, b) => client.request('add', [a, b]),
    echo: async (value) => client.request('echo', [value]),
    note: (value) => client.notify('note', [value]),
    total: async () => client.request('total', []),
    callbacks: async (count) => client.request('callbacks', [count]),
    close: async () => lines.end(),
  };
}

export const contender: Contender = { transport: 'tcp', serve, connect };
