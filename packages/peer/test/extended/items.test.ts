import { until } from '@bjsonrpc/duplex-suite';
import { Handler, type RemoteObject } from '@bjsonrpc/peer';
import { InvalidRequestError, type LimitExceededError } from '@bjsonrpc/protocol';
import { expect, test } from 'vitest';
import { acceptedByHand, allExtensions, dialledByHand } from './raw-peer.ts';

class Thing extends Handler {
  name(): string {
    return 'thing';
  }
}

const api = {
  *mixed(): Generator<unknown, string> {
    yield 1;
    yield 2;
    yield new Date(0);
    yield undefined;
    yield [3];
    yield [4];
    return 'over';
  },
  *changing(): Generator<{ n: number }, void> {
    const same = { n: 0 };
    for (; same.n < 3; same.n++) yield same;
  },
  *unsendable(): Generator<unknown, void> {
    yield 1;
    yield 2;
    yield Symbol('no');
  },
  *long(): Generator<string, void> {
    for (let i = 0; i < 3; i++) yield 'x'.repeat(6000);
    yield 'y'.repeat(20_000);
    for (let i = 0; i < 300; i++) yield '';
  },
  async *slow(): AsyncGenerator<number, void> {
    for (let i = 0; i < 3; i++) {
      yield i;
      await new Promise(setImmediate);
    }
  },
};

/** What is answered to a pipe by hand, without the ids. */
async function piped(method: string, limits: object = {}): Promise<Record<string, unknown>[]> {
  const { raw } = await dialledByHand(api);
  raw.greet([...allExtensions, 'items'], limits);
  await raw.next();
  raw.send({ method, id: 1, stream: 1000 });
  const answers: Record<string, unknown>[] = [];
  do answers.push(await raw.next());
  while (![undefined, false].includes(answers.at(-1)?.more as never));
  return answers.map(({ id: _, ...answer }) => answer);
}

const item = (result: unknown, more: unknown = true) => ({ result, error: null, more });

test('what needs a hint goes by itself, in its place', async () => {
  expect(await piped('mixed')).toEqual([
    item([1, 2], 2),
    item(expect.objectContaining({ __jsonclass__: expect.anything() })),
    item(expect.objectContaining({ __jsonclass__: expect.anything() })),
    item([[3], [4]], 2),
    item('over', false),
  ]);
});

test('items are what they were when they were yielded', async () => {
  expect(await piped('changing')).toEqual([item([{ n: 0 }, { n: 1 }, { n: 2 }], 3), item(null, false)]);
});

test('what cannot be sent ends the stream behind the items before it', async () => {
  const [items, failure, ...others] = await piped('unsendable');
  expect(items).toEqual(item([1, 2], 2));
  expect(failure).toMatchObject({ result: null, error: { message: expect.stringContaining('symbol') } });
  expect(others).toEqual([]);
});

test('a message of items is not long, nor are many in it', async () => {
  const answers = await piped('long');
  // After 256 items others have their turn.
  expect(answers.map(({ more }) => more)).toEqual([2, true, true, 252, 48, false]);
});

test('an item alone does not wait for another', async () => {
  expect(await piped('slow')).toEqual([item(0), item(1), item(2), item(null, false)]);
});

test('to whom takes only short messages they go one by one', async () => {
  expect((await piped('changing', { maxMessageBytes: 60_000 })).map(({ more }) => more)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

/** A pipe of ours that is answered by hand. */
async function reading(limits: object = {}) {
  const { raw, peer } = await acceptedByHand<typeof api>({ limits });
  raw.greet([...allExtensions, 'items']);
  await raw.next();
  const stream = peer.pipe.mixed();
  const { id } = await raw.next();
  const answer = (result: unknown, more: unknown) => raw.send({ id, result, error: null, more });
  return { raw, peer, stream, answer };
}

test('are read one by one, with the references that they bring', async () => {
  const { raw, stream, answer, peer } = await reading();
  answer([1, { __remoteobject__: 'thing_1', methods: ['name'] }, null], 3);
  answer('over', false);
  expect(await stream.next()).toEqual({ done: false, value: 1 });
  const { value } = await stream.next();
  expect(await stream.next()).toEqual({ done: false, value: null });
  expect(await stream.next()).toEqual({ done: true, value: 'over' });
  (value as RemoteObject<Thing>).close();
  expect(await raw.rest()).toEqual([expect.stringContaining('thing_1')]);
  expect(peer.stats.imported).toBe(0);
});

test.each([
  ['fewer than it says', [1, 2], 3],
  ['more', [1, 2], 1],
  ['no array', 'ab', 2],
  ['none', [], 0.5],
])('%s: the call fails, and its producer is told', async (_, result, more) => {
  const { raw, stream, answer } = await reading();
  answer(result, more);
  await expect(stream.next()).rejects.toBeInstanceOf(InvalidRequestError);
  expect(await raw.next()).toMatchObject({ method: '$/cancelRequest' });
});

test('references among items that are never read are given back', async () => {
  const { raw, stream, answer, peer } = await reading();
  const names = Array.from({ length: 10 }, (_, i) => `thing_${i}`);
  answer(
    names.map((name) => ({ __remoteobject__: name })),
    10,
  );
  await until('they have come', () => peer.stats.imported === 10);
  await stream.next();
  await stream.return();
  const released = (await raw.rest()).filter((text) => text.includes('thing_'));
  expect(released.length).toBeGreaterThan(0);
  for (const name of names.slice(1)) expect(released.join()).toContain(name);
});

test('more of them than may wait unread fail the stream', async () => {
  const { raw, stream, answer } = await reading({ maxStreamItems: 100 });
  answer(new Array(1000).fill(0), 1000);
  await expect(raw.next()).resolves.toMatchObject({ method: '$/cancelRequest' });
  let read = 0;
  const all = async (): Promise<void> => {
    for await (const _ of stream) read++;
  };
  await expect(all()).rejects.toMatchObject({
    message: expect.stringContaining('maxStreamItems'),
  } satisfies Partial<LimitExceededError>);
  expect(read).toBe(100);
});
