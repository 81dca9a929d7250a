/** The limit: JSON lines over `node:net`, written by hand, with no features at all. */
import type { Socket } from 'node:net';
import type { Contender } from '../contender.js';
import { LineSocket } from './line-socket.js';
import { dialTcp, listenTcp } from './listen.js';
import { loopClient, type OpenTextSocket, serveLoop } from './loop.js';

/** JSON lines over a socket. */
export const lines =
  (socket: Socket): OpenTextSocket =>
  (onText) =>
    new LineSocket(socket, onText);

export const contender: Contender = {
  transport: 'tcp',
  serve: () => listenTcp((socket) => serveLoop(lines(socket))),
  connect: async (port) => loopClient(lines(await dialTcp(port))),
};
