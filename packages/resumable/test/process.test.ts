import { createServer, type Server, type Socket } from 'node:net';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { program, run } from '../../../test/run-program.ts';
import { claimed, verdict } from './by-hand.ts';

const source = `
  import { resumable } from '@bjsonrpc/resumable';
  import { tcp } from '@bjsonrpc/transport-tcp';
  const [port, task] = process.argv.slice(2);
  const duplex = await resumable(tcp({ port: Number(port) }), {
    onState: ({ state, attempt }) => state === 'away' && attempt === 2 && task === 'unref' && duplex.unref(),
  }).dial({});
  duplex.start({
    onMessage(text) {
      console.log(text);
      if (text === '["over"]') duplex.close();
    },
    onClose: (error) => console.log(error ? error.message : 'closed'),
  });
`;

let path: string;
beforeAll(async () => {
  path = await program(source);
});

/** Answers claims by hand. The first connection is cut, and then nobody is there for a while. */
async function breakingServer(): Promise<{ readonly port: number; readonly connections: () => number }> {
  let connections = 0;
  let server: Server = createServer();
  const sockets = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.trim().split('\n')) {
        if (line.includes('"$/session"')) {
          const { attempt, received } = claimed(line);
          socket.write(`${verdict(attempt, 0)}\n`);
          if (attempt > 1) socket.write('["over"]\n');
          else {
            expect(received).toBe(0);
            server.close();
            setTimeout(() => socket.resetAndDestroy(), 50);
            setTimeout(listen, 900);
          }
        } else {
          const [, tag] = /^\["([\w-]{4})",3\]$/.exec(line) ?? [];
          if (tag) socket.write(`["${tag}",1,1]\n`);
        }
      }
    });
  };
  let port = 0;
  const listen = (): Promise<void> =>
    new Promise((resolve) => {
      server = createServer(onSocket).listen(port, '127.0.0.1', resolve);
    });
  await listen();
  port = (server.address() as { readonly port: number }).port;
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port, connections: () => connections };
}

test('a program that waits for its session stays alive while it is away, and ends when that has ended', async () => {
  const { port } = await breakingServer();
  expect(await run(path, [String(port), 'wait'])).toEqual({ code: 0, output: '["over"]\nclosed\n' });
});

test('one that does not care for it ends', async () => {
  const { port } = await breakingServer();
  expect(await run(path, [String(port), 'unref'])).toEqual({ code: 0, output: '' });
});
