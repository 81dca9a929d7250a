/** The limit, whose streams have a window of 64 items, as they have in this library. */
import type { Contender } from '../contender.js';
import { lines } from './limit.js';
import { dialTcp, listenTcp } from './listen.js';
import { loopClient, serveLoop } from './loop.js';

const WINDOW = 64;

export const contender: Contender = {
  transport: 'tcp',
  serve: () => listenTcp((socket) => serveLoop(lines(socket))),
  connect: async (port) => loopClient(lines(await dialTcp(port)), WINDOW),
};
