import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex, ListenerAddress, Transport } from '@bjsonrpc/protocol';
import { tcp } from '@bjsonrpc/transport-tcp';
import { ws } from '@bjsonrpc/transport-ws';
import { beforeAll, describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { testTls } from '../packages/transport-tcp/test/open-tcp.ts';
import { program, run } from './run-program.ts';

/** Programs that do one thing and then have nothing more to do. Gets: transport, its options, what to do. */
const source = `
  import { tcp } from '@bjsonrpc/transport-tcp';
  import { ws } from '@bjsonrpc/transport-ws';
  const [name, options, task] = process.argv.slice(2);
  const transport = { tcp, ws }[name](JSON.parse(options));
  const closed = (duplex, receiver = {}) =>
    new Promise((resolve) => duplex.start({ onMessage() {}, ...receiver, onClose: resolve }));
  const tasks = {
    async listen() { await transport.listen(() => {}); },
    async listenUnref() { (await transport.listen(() => {})).unref(); },
    async listenAndClose() { await (await transport.listen(() => {})).close(); },
    async dial() { void closed(await transport.dial({})); },
    async dialUnstarted() { await transport.dial({}); },
    async dialUnref() { const duplex = await transport.dial({}); void closed(duplex); duplex.unref(); },
    async dialUnrefRef() { const duplex = await transport.dial({}); void closed(duplex); duplex.unref(); duplex.ref(); },
    async dialUnrefUnstarted() { (await transport.dial({})).unref(); },
    async dialAndClose() { const duplex = await transport.dial({}); const end = closed(duplex); duplex.close(); await end; },
    async dialAndBreak() { const duplex = await transport.dial({}); const end = closed(duplex); duplex.close(new Error('enough')); await end; },
    async heldFull() {
      // The other side sends more than is kept; the socket is not read any more.
      const duplex = await transport.dial({});
      void closed(duplex);
      duplex.hold(true);
      duplex.send('["send"]');
    },
    async flush() {
      const duplex = await transport.dial({});
      duplex.unref();
      const end = closed(duplex);
      for (let i = 0; i < 20; i++) duplex.send('["' + 'x'.repeat(1024 * 1024) + '"]');
      duplex.close();
      await end;
    },
    async refused() { await transport.dial({ timeoutMs: 300 }).catch((error) => console.log(error.message)); },
  };
  await tasks[task]();
  console.log('done');
`;

let file = '';
beforeAll(async () => {
  file = await program(source);
});

/** Where to dial, as options. */
function dialled(address: ListenerAddress): object {
  const { url, port, path } = address;
  return url === undefined ? (path === undefined ? { port } : { path }) : { url };
}

describe.concurrent.each([
  ['tcp', tcp, {}, {}],
  ['tcp', tcp, { tls: testTls }, { tls: testTls }],
  ['tcp', tcp, { path: '' }, {}],
  ['ws', ws, {}, { use: 'ws' }],
] as const)('%s', (name, transport, options, dialOptions) => {
  const open = transport as (options: object) => Transport;
  /** An address of its own for each test: they run side by side. */
  const fresh = (): object =>
    'path' in options
      ? { path: join(tmpdir(), `bjsonrpc-lifetime-${randomUUID()}.sock`) }
      : { port: 0, ...options };

  const read = (duplex: Duplex): void => duplex.start({ onMessage() {}, onClose() {} });

  /** Runs a task against a listener here, which does with each connection what it is told. */
  async function runDialling(
    { onTestFinished: onFinished }: TestContext,
    task: string,
    { onDuplex = read, timeoutMs = 2500 }: { onDuplex?: (duplex: Duplex) => void; timeoutMs?: number } = {},
  ) {
    const duplexes: Duplex[] = [];
    const listener = await open(fresh()).listen((duplex) => {
      duplexes.push(duplex);
      onDuplex(duplex);
    });
    onFinished(async () => {
      for (const duplex of duplexes) duplex.close(new Error('The test is over'));
      await listener.close();
    });
    const args = [name, JSON.stringify({ ...dialled(listener.address), ...dialOptions }), task];
    return run(file, args, { timeoutMs, onFinished });
  }

  test.for([
    ['listen', null],
    ['listenUnref', 0],
    ['listenAndClose', 0],
  ] as const)('%s: the process ends with %s', async ([task, code], { onTestFinished: onFinished }) => {
    const args = [name, JSON.stringify(fresh()), task];
    expect(await run(file, args, { timeoutMs: 2500, onFinished })).toEqual({ code, output: 'done\n' });
  });

  test.for([
    ['dial', null],
    ['dialUnstarted', null],
    ['dialUnref', 0],
    ['dialUnrefRef', null],
    ['dialUnrefUnstarted', 0],
    ['dialAndClose', 0],
    ['dialAndBreak', 0],
  ] as const)('%s: the process ends with %s', async ([task, code], context) => {
    expect(await runDialling(context, task)).toEqual({ code, output: 'done\n' });
  });

  test('a connection of which nothing is read keeps the process alive', async (context) => {
    const outcome = await runDialling(context, 'heldFull', {
      onDuplex(duplex) {
        const onMessage = (): void => {
          for (let i = 0; i < 64; i++) duplex.send(`["${'x'.repeat(64 * 1024)}"]`);
        };
        duplex.start({ onMessage, onClose() {} });
      },
    });
    expect(outcome).toEqual({ code: null, output: 'done\n' });
  });

  test('a clean close is brought to its end, even of a connection that does not keep the process alive', async (context) => {
    let count = 0;
    const outcome = await runDialling(context, 'flush', {
      onDuplex(duplex) {
        // Longer than a process that has nothing to do lives.
        setTimeout(() => duplex.start({ onMessage: () => count++, onClose() {} }), 500);
      },
      timeoutMs: 10_000,
    });
    expect([outcome, count]).toEqual([{ code: 0, output: 'done\n' }, 20]);
  });
});

test('a dial that waits for somebody silent keeps the process alive until it is given up', async () => {
  const mute = createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void mute.close());
  const address = mute.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  for (const [name, options] of [
    ['tcp', { port, tls: {} }],
    ['ws', { port, use: 'ws' }],
  ] as const) {
    const outcome = await run(file, [name, JSON.stringify(options), 'refused'], { timeoutMs: 5000 });
    expect(outcome.code).toBe(0);
    expect(outcome.output).toMatch(/timed out after 300 ms.*\ndone\n$/s);
  }
});
