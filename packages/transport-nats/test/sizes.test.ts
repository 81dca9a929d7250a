import { Probe, until } from '@bjsonrpc/duplex-suite';
import { describe, expect, test } from 'vitest';
import { startNats } from './nats-server.ts';
import { openNats } from './open-nats.ts';

const MIB = 1024 * 1024;

describe('a message of 16 MiB', () => {
  const cases = [
    ['through windows of 64 KiB', '', 64 * 1024],
    ['over a server whose messages have 64 KiB at most', 'max_payload: 65536', undefined],
    ['through windows of 4 KiB, over a server whose messages have 1 KiB', 'max_payload: 1024', 4096],
  ] as const;
  test.each(cases)('%s', async (_, config, windowBytes) => {
    const server = await startNats({ config });
    const windows = windowBytes === undefined ? {} : { windowBytes, maxWindowBytes: windowBytes };
    const long = `["${'x'.repeat(16 * MIB - 4)}"]`;
    const { a, b, close } = await openNats({ servers: server.url, ...windows });
    const [one, other] = [new Probe(a).start(), new Probe(b).start()];
    one.send(long);
    other.send(long);
    await until('both', () => one.messages.length + other.messages.length === 2, 18_000);
    expect([one.messages[0] === long, other.messages[0] === long]).toEqual([true, true]);
    one.close();
    await until('both closes', () => one.isClosed && other.isClosed);
    expect([one.closes, other.closes]).toEqual([[{ error: undefined }], [{ error: undefined }]]);
    await close();
    // Both connections of NATS are closed with the last that needed them.
    for (let i = 0; i < 100 && (await server.clients()).connections > 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await server.clients()).toEqual({ connections: 0, subscriptions: 0 });
    await server.stop();
  });
});
