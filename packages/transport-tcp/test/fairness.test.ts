import { until } from '@bjsonrpc/duplex-suite';
import { expect, test } from 'vitest';
import { openRaw } from './raw-client.ts';

test('a busy connection lets others go first after 256 messages', async () => {
  const busy = await openRaw();
  const other = await openRaw();
  const seen: string[] = [];
  busy.server.answer = () => void seen.push('busy');
  other.server.answer = () => void seen.push('other');
  busy.raw.socket.write('[1]\n'.repeat(10_000));
  other.raw.socket.write('[1]\n');
  await until('all messages', () => seen.length === 10_001);
  expect(seen.indexOf('other')).toBeLessThan(9_000);
  await busy.close();
  await other.close();
});

test('a busy connection lets others go first after 4 ms', async () => {
  const { raw, server, close } = await openRaw();
  let turns = 0;
  let isNewTurn = true;
  server.answer = () => {
    if (isNewTurn) turns++;
    isNewTurn = false;
    setImmediate(() => {
      isNewTurn = true;
    });
    for (const until = performance.now() + 5; performance.now() < until; );
  };
  raw.socket.write('[1]\n'.repeat(10));
  await until('all messages', () => server.messages.length === 10);
  expect(turns).toBe(10);
  await close();
});

test('a busy connection stops reading, and keeps little', async () => {
  const { raw, server, close } = await openRaw();
  const line = `["${'x'.repeat(1000)}"]\n`;
  let highest = 0;
  server.answer = () => {
    highest = Math.max(highest, server.duplex.bytesIn - server.messages.length * line.length);
    for (const until = performance.now() + 0.05; performance.now() < until; );
  };
  for (let i = 0; i < 20; i++) raw.socket.write(line.repeat(500));
  await until('all messages', () => server.messages.length === 10_000);
  expect(highest).toBeLessThan(1024 * 1024);
  await close();
});

test('a quiet connection waits for a turn or two, however many are busy', async () => {
  const quiet = await openRaw();
  const floods = await Promise.all(Array.from({ length: 8 }, () => openRaw()));
  const line = `["${'x'.repeat(200_000)}"]\n`;
  let delivered = 0;
  for (const { raw, server } of floods) {
    server.answer = () => {
      delivered++;
      for (const endMs = performance.now() + 5; performance.now() < endMs; );
    };
    const flood = (): void => {
      while (raw.socket.write(line));
    };
    raw.socket.on('drain', flood);
    flood();
  }
  const waits: number[] = [];
  for (let i = 0; i < 30; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const before = delivered;
    quiet.raw.socket.write('[1]\n');
    await until('the message', () => quiet.server.messages.length === i + 1);
    waits.push(delivered - before);
  }
  waits.sort((a, b) => a - b);
  expect(waits[15]).toBeLessThanOrEqual(2);
  for (const { raw } of floods) raw.socket.removeAllListeners('drain');
  await Promise.all([...floods, quiet].map(({ close }) => close()));
});
