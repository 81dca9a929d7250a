import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from '@bjsonrpc/peer';
import { resumable } from '@bjsonrpc/resumable';
import { ws } from '@bjsonrpc/transport-ws';
import { Board } from './board.js';
import { BoardApi } from './board-api.js';
import { rateOf } from './rate.js';
import { serveFile } from './static-files.js';

/** How long somebody without a connection is still here. */
const KEEP_MS = 60_000;

/** A running board. */
export interface RunningBoard {
  readonly url: string;
  readonly board: Board;
  /** The pages' connections. */
  readonly peers: Server;
  close(): Promise<void>;
}

/** Serve the page and what it connects to, on this machine's loopback interface. Port 0: any free one. */
export async function startBoard({ port = 8080, board = new Board() } = {}): Promise<RunningBoard> {
  const http = createHttpServer((request, response) => void serveFile(request, response));
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = http.address();
  const actual = address !== null && typeof address === 'object' ? address.port : port;

  const peers = await createServer(
    // The page's own origin, under either of its names, and no other page in this browser.
    resumable(
      ws({
        server: http,
        path: '/rpc',
        allowedOrigins: [`http://localhost:${actual}`, `http://127.0.0.1:${actual}`],
      }),
      { keepMs: KEEP_MS },
    ),
    () => new BoardApi(board, rate),
    { onError: (error, { connection }) => connection ?? console.error(error) }, // pages come and go
  );
  const rate = rateOf(peers);

  return {
    url: `http://localhost:${actual}/`,
    board,
    peers,
    close: async () => {
      await peers.close({ graceMs: 0 });
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
