import { performance } from 'node:perf_hooks';
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

/** Connections whose every message takes so long, and which always have the next one ready. */
async function openHeavy(count: number, ms: number) {
  const floods = await Promise.all(Array.from({ length: count }, () => openRaw()));
  const seen = { heavy: 0, busyMs: 0 };
  for (const { raw, server } of floods) {
    server.answer = () => {
      const startMs = performance.now();
      while (performance.now() < startMs + ms);
      seen.heavy++;
      seen.busyMs += performance.now() - startMs;
      raw.socket.write('[1]\n');
    };
    raw.socket.write('[1]\n'.repeat(4));
  }
  const close = () =>
    Promise.all(
      floods.map(({ server, close }) => {
        server.answer = () => undefined;
        return close();
      }),
    );
  return { seen, close };
}

/**
 * The highest of some measurements, up to the first that is as high: whoever else uses the machine can only make them
 * lower, and without what they measure none of them is anywhere near.
 */
async function highest(enough: number, measure: () => Promise<number>): Promise<number> {
  let most = 0;
  for (let i = 0; i < 8 && most <= enough; i++) most = Math.max(most, await measure());
  return most;
}

test.each([1, 4])('who is brief is served as long as who is long, beside %i of them', async (count) => {
  const quiet = await openRaw();
  const { seen, close } = await openHeavy(count, 10);
  let between: number[] = [];
  let echoes = 0;
  let heavyBefore = 0;
  quiet.server.answer = () => {
    if (seen.heavy > heavyBefore) {
      between.push(echoes / (seen.heavy - heavyBefore));
      echoes = 0;
      heavyBefore = seen.heavy;
    }
    echoes++;
    quiet.raw.socket.write('[1]\n');
  };
  quiet.raw.socket.write('[1]\n');
  const served = await highest(10, async () => {
    between = [];
    await until('some turns', () => between.length === 25);
    // The first turns are those by which they are known.
    return between.slice(5).sort((a, b) => a - b)[10] as number;
  });
  quiet.server.answer = () => undefined;
  expect(served).toBeGreaterThan(10);
  await Promise.all([close(), quiet.close()]);
});

/** How much of the loop's time is not rest, until so many more heavy messages have come. */
async function used(seen: { readonly heavy: number }, messages: number): Promise<number> {
  const { heavy } = seen;
  const before = performance.eventLoopUtilization();
  await until('some turns', () => seen.heavy >= heavy + messages);
  return performance.eventLoopUtilization(before).utilization;
}

test('where nobody is brief, who is long does not rest', async () => {
  const { seen, close } = await openHeavy(2, 10);
  expect(await highest(0.7, () => used(seen, 30))).toBeGreaterThan(0.7);
  await close();
});

test('who was brief and is silent is waited for a while, and no longer', async () => {
  const quiet = await openRaw();
  const { seen, close } = await openHeavy(2, 10);
  for (let i = 0; i < 10; i++) {
    quiet.raw.socket.write('[1]\n');
    await until('the message', () => quiet.server.messages.length === i + 1);
  }
  expect(await highest(0.6, () => used(seen, 50))).toBeGreaterThan(0.6);
  await Promise.all([close(), quiet.close()]);
});
