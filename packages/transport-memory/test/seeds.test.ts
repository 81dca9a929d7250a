import { Probe, until } from '@bjsonrpc/duplex-suite';
import { type MemoryOptions, memory, memoryPair, seeded, VirtualClock } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';

/** A conversation in virtual time: every event with its moment and turn. */
async function record(options: MemoryOptions): Promise<string[]> {
  const clock = new VirtualClock();
  const [a, b] = memoryPair({ ...options, clock });
  const events: string[] = [];
  for (const [name, end] of [
    ['a', a],
    ['b', b],
  ] as const) {
    end.start({
      onMessage: (message) => {
        events.push(`${clock.now().toFixed(3)} ${name} ${message}`);
        if (name === 'b') end.send(`["re",${message}]`);
      },
      onClose: (error) => void events.push(`${clock.now().toFixed(3)} ${name} closed ${error?.message}`),
    });
  }
  for (let i = 0; i < 20; i++) a.send(`[${i}]`);
  await clock.runUntilIdle();
  expect(clock.pending).toBe(0);
  return events;
}

test('the same seed gives the same schedule, another seed another', async () => {
  const options = { seed: 7, latencyMs: 10, jitterMs: 20, cutAfter: [5, 30] } as const;
  const events = await record(options);
  expect(events.length).toBeGreaterThan(5);
  expect(await record(options)).toEqual(events);
  expect(await record({ ...options, seed: 8 })).not.toEqual(events);
});

test('latency keeps the order and takes virtual time alone', async () => {
  const events = await record({ seed: 1, latencyMs: 60_000, jitterMs: 60_000 });
  const received = events.filter((event) => event.includes(' b ')).map((event) => event.split(' b ')[1]);
  expect(received).toEqual(Array.from({ length: 20 }, (_, i) => `[${i}]`));
  const times = events.map((event) => Number(event.split(' ')[0]));
  expect(times[0]).toBeGreaterThanOrEqual(60_000);
  expect(times).toEqual(times.toSorted((x, y) => x - y));
});

test('cutAfter breaks the connection with an error on both ends, just after so many messages', async () => {
  const events = await record({ cutAfter: 4 });
  expect(events.map((event) => event.slice(6))).toEqual([
    'b [0]',
    'b [1]',
    'b [2]',
    'b [3]',
    ...['b', 'a'].map((name) => `${name} closed The connection was cut`),
  ]);
});

test('a close with an error does not wait for what was on its way', async () => {
  const clock = new VirtualClock();
  const [a, b] = memoryPair({ latencyMs: 60_000, clock });
  const probes = [new Probe(a).start(), new Probe(b).start()];
  a.send('[]');
  b.close(new Error('enough'));
  await clock.advance(0);
  expect(probes.map((probe) => probe.closes.length)).toEqual([1, 1]);
  await clock.runUntilIdle();
  expect(probes.map((probe) => [probe.messages, probe.violations])).toEqual([
    [[], []],
    [[], []],
  ]);
});

test('without latency a clock need not move', async () => {
  const [a, b] = memoryPair({ clock: new VirtualClock() });
  const probe = new Probe(a).start();
  probe.answer = (message) => void (probe.messages.length < 2000 && a.send(message));
  b.start({ onMessage: (message) => void b.send(message), onClose: () => {} });
  a.send('[]');
  await until('the last answer', () => probe.messages.length === 2000);
});

test('a range for cutAfter draws from all of it', async () => {
  const cuts = new Set<number>();
  for (let seed = 0; seed < 60; seed++) {
    const events = await record({ seed, cutAfter: [3, 6] });
    cuts.add(events.filter((event) => !event.includes('closed')).length);
  }
  expect([...cuts].toSorted()).toEqual([3, 4, 5, 6]);
});

test('the connections of one network differ, each reproducibly', async () => {
  const run = async (): Promise<number[]> => {
    const clock = new VirtualClock();
    const network = memory({ seed: 3, latencyMs: 1, jitterMs: 100, clock });
    const accepted: Probe[] = [];
    await network.listen((duplex) => void accepted.push(new Probe(duplex).start()));
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const a = await network.dial({});
      const before = clock.now();
      a.send('[]');
      while (accepted[i]?.messages.length === 0) await clock.advance(0.5);
      times.push(clock.now() - before);
    }
    return times;
  };
  const times = await run();
  expect(new Set(times).size).toBeGreaterThan(1);
  expect(await run()).toEqual(times);
});

test('splitting makes several turns of a burst', async () => {
  const turnsOf = async (split: number): Promise<number> => {
    const clock = new VirtualClock();
    const [a, b] = memoryPair({ seed: 1, split, clock });
    let turns = 0;
    let isNewTurn = true;
    b.start({
      onMessage: () => {
        if (isNewTurn) turns++;
        isNewTurn = false;
        queueMicrotask(() => {
          isNewTurn = true;
        });
      },
      onClose: () => {},
    });
    for (let i = 0; i < 100; i++) a.send('[]');
    await clock.runUntilIdle();
    return turns;
  };
  expect(await turnsOf(0)).toBe(1);
  expect(await turnsOf(1)).toBe(100);
  const some = await turnsOf(0.3);
  expect(some).toBeGreaterThan(10);
  expect(some).toBeLessThan(60);
});

test('seeded numbers are those of mulberry32, evenly spread', () => {
  const random = seeded(1);
  expect([random(), random(), random()].map((n) => n.toFixed(6))).toEqual([
    '0.627074',
    '0.002736',
    '0.527447',
  ]);
  let sum = 0;
  for (let i = 0; i < 10_000; i++) sum += random();
  expect(sum / 10_000).toBeCloseTo(0.5, 1);
});
