import { expect, test } from 'vitest';
import { acceptedByHand, allExtensions, dialledByHand, type RawPeer } from './raw-peer.ts';

// What comes in an answer that cannot be taken is given back: every reference, and none of them twice.

const item = { __remoteobject__: 'item_0001' };
const unknown = { __jsonclass__: ['Unknown', []] };
const released = { method: 'item_0001.__delete__', params: [1] };

/** The answers to a call that its caller cannot take, or not all of, and what the call fails with. */
const answers: readonly (readonly [what: string, answer: object, error: RegExp])[] = [
  ['a member named then', { result: { then: { ...item, callable: true } }, error: null }, /named then/],
  ['an unknown class before it', { result: [unknown, item], error: null }, /Unknown class/],
  ['an unknown class after it', { result: [item, unknown], error: null }, /Unknown class/],
  ['an error beside the result', { result: item, error: { code: 1, message: 'no' } }, /^no$/],
  [
    'an unknown class in the data of an error',
    { result: null, error: { code: 1, message: 'no', data: [unknown, item] } },
    /Unknown class/,
  ],
  ['too deep a result', { result: [item, nested(300)], error: null }, /maxDepth/],
];

test.each(answers)('%s', async (_, answer, error) => {
  const { raw, peer } = await greeted();
  const call = peer.call.anything?.();
  const failure = expect(call).rejects.toThrow(error);
  const { id } = await raw.next();
  raw.send({ id, ...answer });
  await failure;
  expect((await raw.rest()).map((text) => JSON.parse(text) as unknown)).toEqual([released]);
  expect(peer.stats.imported).toBe(0);
});

test('too deep an answer that nobody waits for', async () => {
  const { raw, peer } = await greeted();
  raw.send({ id: 99, result: [item, nested(300)], error: null });
  expect((await raw.rest()).map((text) => JSON.parse(text) as unknown)).toEqual([released]);
  expect(peer.stats).toMatchObject({ imported: 0, stray: 1 });
});

test('too deep an item ends its stream on both sides', async () => {
  const { raw, peer } = await greeted();
  const items = peer.pipe.anything?.();
  const { id } = await raw.next();
  raw.send({ id, result: nested(300), error: null, more: true });
  await expect(items?.next()).rejects.toThrow(/maxDepth/);
  expect(await raw.next()).toEqual({ method: '$/cancelRequest', params: { id } });
});

test('control messages with an id are answered like any request', async () => {
  const { raw } = await dialledByHand({});
  raw.greet();
  await raw.next();
  const messages = [
    { method: '$/cancelRequest', params: { id: 7 } },
    { method: '$/credit', params: [7, 1] },
    { method: '$/hello', params: [] },
    { method: '$/ping' },
    { method: '$/bye' },
  ];
  messages.forEach((message, index) => {
    raw.send({ ...message, id: index });
  });
  for (const [id] of messages.entries()) expect(await raw.next()).toEqual({ id, result: null, error: null });
  raw.send({ method: '$/unheard', id: 'u' });
  expect(await raw.next()).toMatchObject({ id: 'u', error: { code: -32601 } });
});

test('a side that is leaving still answers pings', async () => {
  const { raw, peer } = await greeted();
  raw.send({ method: '$/bye' });
  await raw.rest();
  await expect(peer.call.anything?.()).rejects.toThrow('takes no new calls');
  const ping = peer.ping();
  const { id, method } = await raw.next();
  expect(method).toBe('$/ping');
  raw.send({ id, result: null, error: null });
  await ping;
});

test('a timeout of Infinity is none, on the wire and here', async () => {
  const { raw, peer } = await greeted();
  const { call } = peer.with({ timeout: Number.POSITIVE_INFINITY });
  const answer = call.anything?.();
  const message = await raw.next();
  expect(message).toEqual({ method: 'anything', id: message.id });
  raw.send({ id: message.id, result: 1, error: null });
  expect(await answer).toBe(1);
});

async function greeted(): Promise<{ readonly raw: RawPeer } & Awaited<ReturnType<typeof acceptedByHand>>> {
  const session = await acceptedByHand();
  await session.raw.next();
  session.raw.greet(allExtensions);
  await session.raw.rest(); // it has been read
  return session;
}

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level++) value = [value];
  return value;
}
