import { describe, expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

const prelude = `
  import { connect, createServer, Handler } from '@bjsonrpc/peer';
  import { memory } from '@bjsonrpc/transport-memory';
  import { tcp } from '@bjsonrpc/transport-tcp';
  import { ws } from '@bjsonrpc/transport-ws';
  import { setTimeout as sleep } from 'node:timers/promises';
  const never = () => new Promise(() => {});
  const api = { wait: never, add: (a, b) => a + b, async *stuck() { yield 1; await never(); } };
`;

/** What awaits something of ours goes on until it has it. */
const awaiting: { readonly [name: string]: string } = {
  'a close, with a call of a client that has gone': `
    const server = await createServer(tcp({ port: 0 }), () => api);
    const peer = await connect(tcp({ port: server.address.port }));
    const call = peer.call.wait().catch(() => {});
    await sleep(20);
    peer.abort();
    await call;
    await sleep(20);
    await server.close({ graceMs: 300 });`,
  'the timeout of a call over memory': `
    const network = memory();
    await createServer(network, () => api);
    const peer = await connect(network, { timeout: 200 });
    await peer.call.wait().catch((error) => console.log(error.name));`,
  "a call's own timeout": `
    const network = memory();
    await createServer(network, () => api);
    const peer = await connect(network);
    await peer.with({ timeout: 200 }).call.wait().catch((error) => console.log(error.name));`,
  'the deadline of a pipe': `
    const network = memory();
    await createServer(network, () => api);
    const peer = await connect(network);
    const stream = peer.with({ deadline: Date.now() + 200 }).pipe.stuck();
    await stream.next();
    await stream.next().catch((error) => console.log(error.name));`,
  'a timeout after an earlier one was answered': `
    const network = memory();
    await createServer(network, () => api);
    const peer = await connect(network, { timeout: 200 });
    await peer.call.add(1, 2);
    await sleep(100);
    await peer.call.wait().catch((error) => console.log(error.name));`,
  'a graceful close over memory': `
    const network = memory();
    const server = await createServer(network, () => api);
    const peer = await connect(network);
    peer.call.wait().catch(() => {});
    await peer.ping();
    await server.close({ graceMs: 200 });`,
  'a close before the greeting': `
    const network = memory();
    const server = await createServer(network, () => api);
    await network.dial({});
    await server.close();`,
  'a close with a factory pending': `
    const network = memory();
    const server = await createServer(network, never);
    await network.dial({});
    await server.close();`,
  'the closed promise of a peer whose server is gone': `
    const server = await createServer(tcp({ port: 0 }), () => api);
    const peer = await connect(tcp({ port: server.address.port }));
    await peer.call.add(1, 2);
    setTimeout(() => void server.close(), 50);
    await peer.closed;`,
  'a dialling that is given up': `
    const network = { ...memory(), dial: ({ signal }) => new Promise((_, no) => signal.addEventListener('abort', () => no(signal.reason))) };
    await connect(network, { timeout: 200 }).catch((error) => console.log(error.name));`,
};

describe('a program goes on while it awaits', () => {
  test.concurrent.each(Object.keys(awaiting))('%s', async (name) => {
    const { code, stdout, stderr } = await runProgram(`${prelude}${awaiting[name]}
      console.log('over');
      process.exit(0);`);
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toMatch(/^(TimeoutError\n)?over\n$/);
  });
});

/** When all is over, nothing keeps the process. */
const over: { readonly [name: string]: string } = {
  'everything was closed': `
    for (const transport of [tcp, ws]) {
      const server = await createServer(transport({ port: 0 }), () => api);
      const { port, url } = server.address;
      const peer = await connect(transport(url ? { url } : { port }), { pingInterval: 60_000 });
      peer.call.wait().catch(() => {});
      for await (const _ of peer.pipe.stuck()) break;
      await peer.with({ timeout: 3_600_000 }).call.add(1, 2);
      await peer.close({ graceMs: 20 });
      await server.close({ graceMs: 20 });
    }`,
  'memory was left open, and nothing is awaited': `
    const network = memory();
    await createServer(network, () => api);
    const peer = await connect(network, { pingInterval: 1000 });
    await peer.call.add(1, 2);`,
  'a server and its peers are unreferenced': `
    const server = await createServer(tcp({ port: 0 }), () => api);
    server.unref();
    const peer = await connect(tcp({ port: server.address.port }));
    await peer.call.add(1, 2);
    peer.unref();
    peer.call.wait().catch(() => {});`,
  'a call is awaited that an unreferenced peer has made': `
    const network = memory();
    await createServer(network, () => api);
    const peer = await connect(network);
    await peer.call.add(1, 2);
    peer.unref();
    peer.call.wait().catch(() => {});
    peer.with({ timeout: 20_000 }).call.wait().catch(() => {});`,
  'a peer is referenced again, and closed': `
    const server = await createServer(tcp({ port: 0 }), () => api);
    const peer = await connect(tcp({ port: server.address.port }));
    peer.unref();
    server.unref();
    server.ref();
    peer.ref();
    await peer.call.add(1, 2);
    await server.close();`,
};

describe('a program ends by itself when', () => {
  test.concurrent.each(Object.keys(over))('%s', async (name) => {
    const { code, stdout, stderr } = await runProgram(`${prelude}${over[name]}
      process.on('exit', () => console.log('over'));
      setTimeout(() => process.exit(77), 8000).unref();`);
    expect([stderr, stdout, code]).toEqual(['', 'over\n', 0]);
  });
});

test('a server that listens, and a peer that is connected, keep the process', async () => {
  const { stdout } = await runProgram(`${prelude}
    const server = await createServer(tcp({ port: 0 }), () => api);
    const peer = await connect(tcp({ port: server.address.port }));
    process.on('exit', () => console.log('ended early'));
    setTimeout(() => { console.log('still here'); process.removeAllListeners('exit'); process.exit(0); }, 300).unref();
  `);
  expect(stdout).toBe('still here\n');
});
