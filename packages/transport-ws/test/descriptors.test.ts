import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { program } from '../../../test/run-program.ts';
import { type Handshake, handshake } from './handshake.ts';

/** A server of the application with a route for WebSockets; asked for it, says how many files it can open. */
const SERVER = `
  import { openSync, closeSync } from 'node:fs';
  import { createServer } from 'node:http';
  import { ws } from '@bjsonrpc/transport-ws';
  const refused = new Set();
  const server = createServer().listen(0, '127.0.0.1', async () => {
    await ws({ server }).listen(
      (duplex) => duplex.start({ onMessage() {}, onClose() {} }),
      { onRefused: ({ message }) => refused.add(message.replace(/^Refused .*?: /, '')) },
    );
    console.log(server.address().port);
  });
  process.stdin.on('data', () => {
    const files = [];
    try {
      for (let i = 0; i < 40; i++) files.push(openSync('/dev/null'));
    } catch {}
    for (const file of files) closeSync(file);
    console.log(JSON.stringify({ files: files.length, refused: [...refused] }));
  });
`;

test.skipIf(process.platform !== 'linux')(
  'on a server of the application, too, some file descriptors are left to it',
  async () => {
    const child = spawn(
      '/bin/sh',
      ['-c', 'ulimit -n 160; exec "$0" "$1"', process.execPath, await program(SERVER)],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface(child.stdout);
    const [port] = await once(lines, 'line');
    const answers: Handshake[] = [];
    const open = async (): Promise<Handshake> => {
      const answer = await handshake(`ws://127.0.0.1:${port}/`);
      answers.push(answer);
      return answer;
    };
    onTestFinished(() => {
      for (const { socket } of answers) socket.destroy();
    });
    for (let i = 0; i < 120; i++) await open();
    const refused = answers.filter(({ status }) => status !== 101);
    expect(refused.length).toBeGreaterThan(20);
    expect(answers.length - refused.length).toBeGreaterThan(20);
    expect(refused[0]).toMatchObject({
      status: 503,
      text: expect.stringContaining('no file descriptors to spare'),
    });
    child.stdin.write('?');
    const [answer] = await once(lines, 'line');
    expect(JSON.parse(String(answer))).toEqual({ files: 40, refused: ['no file descriptors to spare'] });
    // And once some have gone, others come in.
    for (const { socket } of answers) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await open()).status).toBe(101);
  },
);
