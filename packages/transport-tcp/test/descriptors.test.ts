import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { until } from '@bjsonrpc/duplex-suite';
import { expect, onTestFinished, test } from 'vitest';
import { program } from '../../../test/run-program.ts';

/** Accepts whoever comes; asked for it, says how many files it can open, and how many were refused. */
const SERVER = `
  import { openSync, closeSync } from 'node:fs';
  import { tcp } from '@bjsonrpc/transport-tcp';
  import { ws } from '@bjsonrpc/transport-ws';
  let refused = 0;
  const transport = process.argv[2] === 'ws' ? ws({ port: 0 }) : tcp({ port: 0 });
  const listener = await transport.listen(
    (duplex) => duplex.start({ onMessage() {}, onClose() {} }),
    { onRefused: ({ message }) => (refused += Number(/Refused (\\d+) more/.exec(message)?.[1] ?? 1)) },
  );
  console.log(listener.address.port);
  process.stdin.on('data', () => {
    const files = [];
    try {
      for (let i = 0; i < 40; i++) files.push(openSync('/dev/null'));
    } catch {}
    for (const file of files) closeSync(file);
    console.log(files.length + ' ' + refused);
  });
`;

test.skipIf(process.platform !== 'linux').for(['tcp', 'ws'])(
  '%s: many more connections than file descriptors leave some to the application',
  async (transport) => {
    const path = await program(SERVER);
    // So many at most, as a hard limit, that Node does not raise it.
    const child = spawn(
      '/bin/sh',
      ['-c', `ulimit -n 200; exec "$0" "$1" ${transport}`, process.execPath, path],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface(child.stdout);
    const [port] = await once(lines, 'line');
    let closed = 0;
    const sockets = Array.from({ length: 400 }, () =>
      connect(Number(port), '127.0.0.1')
        .on('error', () => {})
        .on('close', () => closed++)
        .resume(),
    );
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    await until('the refusals', () => closed > 264);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    child.stdin.write('?');
    const [answer] = await once(lines, 'line');
    const [files, refused] = String(answer).split(' ').map(Number);
    expect(files).toBe(40);
    expect(refused).toBeGreaterThanOrEqual(264);
    expect(400 - closed).toBeGreaterThan(50);
    // And once some have gone, others come in.
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const late = connect(Number(port), '127.0.0.1').on('error', () => {});
    await once(late, 'connect');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(late.destroyed).toBe(false);
    late.destroy();
  },
);
