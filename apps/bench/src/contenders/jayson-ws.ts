/**
 * jayson over WebSocket, where its client keeps one connection. Both sides are given the socket of the same `ws`
 * as every other contender, which its options allow (the one it would bring is two versions older).
 */
import jayson, { type WebsocketClientOptions, type WebsocketServerOptions } from 'jayson';
import promised from 'jayson/promise/index.js';
import { WebSocketServer } from 'ws';
import type { Contender, ContenderClient, ContenderServer } from '../contender.js';
import { jaysonMethods, NOTIFICATION } from './jayson-methods.js';
import { BACKLOG, HOST, portOf } from './listen.js';
import { dialWs } from './listen-ws.js';

async function serve(): Promise<ContenderServer> {
  const wss = new WebSocketServer({ port: 0, host: HOST, backlog: BACKLOG, perMessageDeflate: false });
  new jayson.Server(jaysonMethods()).websocket({ wss } as unknown as WebsocketServerOptions);
  await new Promise((resolve) => wss.once('listening', resolve));
  return { port: portOf(wss.address()), close: () => new Promise((done) => wss.close(() => done())) };
}

async function connect(port: number): Promise<ContenderClient> {
  const ws = await dialWs(port);
  const client = promised.Client.websocket({ ws } as unknown as WebsocketClientOptions);
  const request = async (method: string, params: unknown[]) => (await client.request(method, params)).result;
  return {
    add: (a, b) => request('add', [a, b]),
    echo: (value) => request('echo', [value]),
    note: (value) => void client.request('note', [value], NOTIFICATION),
    total: () => request('total', []),
    close: async () => ws.close(),
  };
}

export const contender: Contender = { transport: 'ws', serve, connect };
