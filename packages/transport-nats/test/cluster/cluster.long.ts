import { connect, createServer, type Peer } from '@bjsonrpc/peer';
import { nats } from '@bjsonrpc/transport-nats';
import { afterAll, expect, test } from 'vitest';
import { endProcesses } from '../instance.ts';
import { startCluster, startNats } from '../nats-server.ts';
import { newSubject } from '../open-nats.ts';
import { block } from './block.ts';
import { killNodes } from './kill-nodes.ts';
import { rollingRestart } from './rolling-restart.ts';

// `npm run test:cluster`: what takes too long for the default tests, which have a short form of each. It prints its figures.

afterAll(endProcesses);

test('12 nodes are killed under 1000 calls in flight, long messages and a stream', async () => {
  const { failed, ...killed } = await killNodes({ kills: 12, inFlight: 1000, everyMs: 2000 });
  console.log('nodes killed', killed, failed.slice(0, 3));
  expect(failed).toEqual([]);
  expect(killed).toMatchObject({ doubled: 0, isInOrder: true });
  expect(killed.pauseMs).toBeLessThan(1000);
});

test('all instances are replaced, four times, under 100 clients', async () => {
  const nodes = await startCluster();
  const restarted = await rollingRestart({
    servers: nodes.map(({ url }) => url),
    clients: 100,
    restarts: 12,
  });
  console.log('rolling restart', restarted);
  expect(restarted.unknown).toBe(0);
  expect(restarted.dials).toBeGreaterThan(200);
  await Promise.all(nodes.map((node) => node.stop()));
});

test.each([
  ['7 s', 7000],
  // Longer than a server of NATS waits for whoever does not read: it cuts the process off, and the others are patient.
  ['16 s', 16_000],
] as const)('a process with 1000 conversations is blocked for %s', async (_, ms) => {
  const server = await startNats();
  const { failed, ...blocked } = await block({ servers: server.url, conversations: 1000, ms });
  console.log('blocked', ms, blocked, failed.slice(0, 3));
  expect(failed).toEqual([]);
  expect(blocked.p99Ms).toBeLessThan(20);
  expect(blocked.heapMib).toBeLessThan(200);
  await server.stop();
});

test('1 to 8 instances, each of which does one thing of 2 ms at a time', async () => {
  const server = await startNats();
  const rates: Record<number, number> = {};
  for (const instances of [1, 2, 4, 8]) {
    const options = { servers: server.url, subject: newSubject() };
    const start = (i: number) => {
      let last: Promise<void> = Promise.resolve();
      const work = (): Promise<void> => {
        last = last.then(() => new Promise((resolve) => setTimeout(resolve, 2)));
        return last;
      };
      return createServer(nats({ ...options, instance: `i${i}` }), () => ({ work }), { onError: () => {} });
    };
    const listening = await Promise.all(Array.from({ length: instances }, (_, i) => start(i)));
    const peers = await Promise.all(
      Array.from({ length: 64 }, () => connect<{ work(): Promise<void> }>(nats(options))),
    );
    let done = 0;
    let isOver = false;
    const began = performance.now();
    const callers = peers.map(async (peer) => {
      for (; !isOver; done++) await peer.call.work();
    });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    rates[instances] = Math.round(done / ((performance.now() - began) / 1000));
    isOver = true;
    await Promise.all(callers);
    await Promise.all(peers.map((peer) => peer.close()));
    await Promise.all(listening.map((one) => one.close()));
  }
  console.log('instances', rates);
  expect(rates[8]).toBeGreaterThan(4 * (rates[1] ?? 0));
  await server.stop();
});

test('10,000 idle conversations cost one heartbeat', async () => {
  const server = await startNats();
  const options = { servers: server.url, subject: newSubject() };
  const listening = await createServer(nats(options), () => ({}), { onError: () => {} });
  const transport = nats(options);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const peers: Peer[] = [];
  const began = performance.now();
  while (peers.length < 10_000) {
    const some = Array.from({ length: 200 }, () => connect(transport, { pingInterval: 0, timeout: 60_000 }));
    peers.push(...(await Promise.all(some)));
  }
  const openedMs = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 3000));
  globalThis.gc?.();
  const kilobytes = (process.memoryUsage().heapUsed - before) / 1000 / 10_000;
  const [messages, cpu] = [await server.messages(), process.cpuUsage()];
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const perSecond = ((await server.messages()) - messages) / 5;
  const { user, system } = process.cpuUsage(cpu);
  console.log('idle', { openedMs, kilobytes, perSecond, cpu: (user + system) / 5e6 });
  expect(perSecond).toBeLessThan(10);
  await Promise.all(peers.map((peer) => peer.close({ graceMs: 5000 })));
  await listening.close();
  await server.stop();
});
