/**
 * The limit over WebSocket: the same loop over the `ws` package as it is. What is sent in one turn is one write, as an author who knows of
 * bursts has it: the socket beneath is corked until the turn is over.
 */
import type { WebSocket } from 'ws';
import type { Contender } from '../contender.js';
import { dialWs, listenWs } from './listen-ws.js';
import { loopClient, type OpenTextSocket, serveLoop } from './loop.js';

const frames =
  (socket: WebSocket): OpenTextSocket =>
  (onText) => {
    const { _socket: raw } = socket as WebSocket & { readonly _socket: { cork(): void; uncork(): void } };
    let isCorked = false;
    const flush = (): void => {
      isCorked = false;
      raw.uncork();
    };
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => onText(data.toString()));
    return {
      send(text) {
        if (!isCorked) {
          isCorked = true;
          raw.cork();
          process.nextTick(flush);
        }
        socket.send(text);
      },
      end: () => socket.close(),
    };
  };

export const contender: Contender = {
  transport: 'ws',
  serve: () => listenWs((socket) => serveLoop(frames(socket))),
  connect: async (port) => loopClient(frames(await dialWs(port))),
};
