import { Probe, until } from '@bjsonrpc/duplex-suite';
import { memoryPair } from '@bjsonrpc/transport-memory';
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => void vi.useRealTimers());

test.each([{}, { split: 0.5 }, { latencyMs: 5, jitterMs: 5 }])(
  "memory(%o) goes on while a test fakes the application's time",
  async (options) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'queueMicrotask', 'Date', 'performance'] });
    const [a, b] = memoryPair(options);
    const client = new Probe(a).start();
    const server = new Probe(b).start();
    server.answer = (message) => void server.send(message);
    for (let i = 0; i < 1000; i++) client.send(`[${i}]`);
    await until('the answers', () => client.messages.length === 1000);
    client.close();
    await until('both closes', () => client.isClosed && server.isClosed);
    expect(server.closes).toEqual([{ error: undefined }]);
  },
);
