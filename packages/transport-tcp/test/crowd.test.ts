import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { until } from '@bjsonrpc/duplex-suite';
import { expect, onTestFinished, test } from 'vitest';
import { listening, socketPath, testTls } from './open-tcp.ts';

/** So many bare connections, and how many of them were hung up on. */
function connectMany(count: number, open: () => Socket): { closed(): number; end(): void } {
  const sockets = Array.from({ length: count }, () =>
    open()
      .on('error', () => {})
      .resume(),
  );
  const end = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(end);
  return { closed: () => sockets.filter(({ closed }) => closed).length, end };
}

test.for([
  ['tcp', {}],
  ['TLS', { tls: testTls }],
] as const)('%s: beyond a number from one address, and in all, they are turned away', async ([name, tls]) => {
  for (const [limits, why] of [
    [{ maxConnectionsPerAddress: 5 }, 'too many connections from this address'],
    [{ maxConnections: 5 }, 'too many connections'],
  ] as const) {
    const refused: string[] = [];
    const { listener, address, accepted } = await listening(
      { ...tls, ...limits },
      { onRefused: ({ message }) => refused.push(message.replace(/^Refused 127\.0\.0\.1:\d+: /, '')) },
    );
    const open = (): Socket =>
      name === 'tcp' ? connect(address) : connectTls({ ...address, ca: testTls.ca });
    const many = connectMany(12, open);
    await until('the refusals', () => many.closed() === 7 && refused.length === 7);
    expect(refused).toEqual(Array(7).fill(why));
    const ends = await Promise.all(Array.from({ length: 5 }, () => accepted()));
    // Who leaves makes room.
    many.end();
    for (const { duplex } of ends) duplex.close(new Error('done'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = connectMany(5, open);
    await Promise.all(
      Array.from({ length: 5 }, () => accepted().then(({ duplex }) => duplex.close(new Error()))),
    );
    again.end();
    expect(refused.length).toBe(7);
    await listener.close();
  }
});

test('a unix socket has no addresses', async () => {
  const { listener, address, accepted } = await listening({
    path: socketPath(),
    maxConnectionsPerAddress: 1,
  });
  connectMany(5, () => connect(address));
  const ends = await Promise.all(Array.from({ length: 5 }, () => accepted()));
  for (const { duplex } of ends) duplex.close(new Error('done'));
  await listener.close();
});

test('a flood of refusals is told as a hundred, and a number', async () => {
  const refused: string[] = [];
  const { listener, address, accepted } = await listening(
    { maxConnections: 1 },
    { onRefused: ({ message }) => refused.push(message) },
  );
  const first = connectMany(1, () => connect(address));
  const { duplex } = await accepted();
  const many = connectMany(400, () => connect(address));
  const counted = (): number =>
    refused.reduce(
      (sum, message) => sum + Number(/^Refused (\d+) more within a second$/.exec(message)?.[1] ?? 1),
      0,
    );
  await until('all of them, told or counted', () => many.closed() === 400 && counted() === 400);
  expect(refused.length).toBeLessThan(250);
  expect(refused[0]).toMatch(/^Refused 127\.0\.0\.1:\d+: too many connections$/);
  first.end();
  duplex.close(new Error('done'));
  await listener.close();
});
