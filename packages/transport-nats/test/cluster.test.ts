import { connect, createServer, type Peer } from '@bjsonrpc/peer';
import { nats } from '@bjsonrpc/transport-nats';
import { afterAll, expect, test } from 'vitest';
import { block } from './cluster/block.ts';
import { killNodes } from './cluster/kill-nodes.ts';
import { rollingRestart } from './cluster/rolling-restart.ts';
import { endProcesses } from './instance.ts';
import { startNats } from './nats-server.ts';
import { newSubject } from './open-nats.ts';

// Short forms of what `npm run test:cluster` does at length.

afterAll(endProcesses);

test('nodes of a cluster are killed: nothing is lost or doubled', async () => {
  const { failed, done, doubled, isInOrder, items } = await killNodes({
    kills: 3,
    inFlight: 200,
    everyMs: 300,
  });
  expect(failed).toEqual([]);
  expect({ doubled, isInOrder }).toEqual({ doubled: 0, isInOrder: true });
  expect(done).toBeGreaterThan(200);
  expect(items).toBeGreaterThan(100);
});

test('a rolling restart fails no dial, and leaves no outcome unknown', async () => {
  const server = await startNats();
  const { done, dials, unknown } = await rollingRestart({ servers: server.url, clients: 12, restarts: 3 });
  expect(unknown).toBe(0);
  expect(done).toBeGreaterThan(100);
  expect(dials).toBeGreaterThan(12);
  await server.stop();
});

test('a process that is blocked does not hold up calls to another, and all its calls finish', async () => {
  const server = await startNats();
  const { failed, done, calls } = await block({ servers: server.url, conversations: 50, ms: 1500 });
  expect(failed).toEqual([]);
  expect(done).toBe(51);
  expect(calls).toBeGreaterThan(50);
  await server.stop();
});

test('idle conversations of two processes have one heartbeat', async () => {
  const server = await startNats();
  const options = { servers: server.url, subject: newSubject(), pingMs: 50 };
  const listening = await createServer(nats(options), () => ({}), { onError: () => {} });
  const transport = nats(options);
  const peers: Peer[] = await Promise.all(
    Array.from({ length: 200 }, () => connect(transport, { pingInterval: 0 })),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = await server.messages();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const messages = (await server.messages()) - before;
  // Ten times a ping and its answer, from either side at most.
  expect(messages).toBeGreaterThan(2);
  expect(messages).toBeLessThan(60);
  await Promise.all(peers.map((peer) => peer.close()));
  await listening.close();
  await server.stop();
});
