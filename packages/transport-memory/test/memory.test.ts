import { Probe, until } from '@bjsonrpc/duplex-suite';
import { memory, memoryPair } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';

test('one value is dialled and listened on', async () => {
  const network = memory();
  const accepted: Probe[] = [];
  const listener = await network.listen((duplex, info) => {
    expect(info).toEqual({ transport: 'memory' });
    accepted.push(new Probe(duplex).start());
  });
  const a = new Probe(await network.dial({})).start();
  const b = new Probe(await network.dial({})).start();
  a.send('[1]');
  b.send('[2]');
  await until('both messages', () => accepted.every((probe) => probe.messages.length === 1));
  expect(accepted.map((probe) => probe.messages)).toEqual([['[1]'], ['[2]']]);
  await listener.close();
  await expect(network.dial({})).rejects.toThrow('refused');
  a.send('["still here"]');
  await until('the message', () => accepted[0]?.messages.length === 2);
});

test('refuses a dial when nobody listens, a second listener, and an aborted dial', async () => {
  const network = memory();
  await expect(network.dial({})).rejects.toThrow(
    'Cannot connect to memory: connection refused, nobody listens',
  );
  const listener = await network.listen(() => {});
  await expect(network.listen(() => {})).rejects.toThrow('somebody listens already');
  const reason = new Error('changed my mind');
  await expect(network.dial({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await listener.close();
  await (await network.listen(() => {})).close();
});

test('a burst is one turn', async () => {
  const [a, b] = memoryPair();
  const turns: number[] = [];
  b.start({ onMessage: () => void queueMicrotask(() => turns.push(turns.length)), onClose: () => {} });
  for (let i = 0; i < 100; i++) a.send('[]');
  let microtasks = 0;
  while (turns.length < 100 && microtasks++ < 10) await undefined;
  expect(turns.length).toBe(100);
});

test('an endless conversation lets timers run', async () => {
  const [a, b] = memoryPair();
  let isOver = false;
  const answer = (end: typeof a) => ({
    onMessage: (message: string) => void (isOver || end.send(message)),
    onClose: () => {},
  });
  a.start(answer(a));
  b.start(answer(b));
  a.send('[]');
  await new Promise((resolve) => setTimeout(resolve, 5));
  isOver = true;
  expect(a.bytesIn).toBeGreaterThan(0);
});

test('maxBuffered says when send asks to wait', async () => {
  const [a, b] = memoryPair({ maxBuffered: 10 });
  const reader = new Probe(b).start();
  reader.hold(true);
  expect(a.send('[12345678]')).toBeUndefined();
  expect(a.send('[]')).toBeInstanceOf(Promise);
  expect(a.buffered).toBe(12);
  reader.hold(false);
  await a.send('[]');
  await until('an empty buffer', () => a.buffered === 0);
  expect([a.bytesOut, b.bytesIn]).toEqual([14, 14]);
});
