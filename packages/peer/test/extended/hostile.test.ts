import { until } from '@bjsonrpc/duplex-suite';
import { currentCall, Handler } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { allExtensions, dialledByHand, type RawPeer } from './raw-peer.ts';

class Item extends Handler {
  closings = 0;
  value(): number {
    return 1;
  }
  protected override onClose(): void {
    this.closings++;
  }
}

class Api extends Handler {
  readonly items: Item[] = [];
  produced = 0;
  aborted = 0;
  item(): Item {
    const item = new Item();
    this.items.push(item);
    return item;
  }
  add(a: number, b: number): number {
    return a + b;
  }
  wait(): Promise<never> {
    const { signal } = currentCall();
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        this.aborted++;
        reject(signal.reason);
      });
    });
  }
  async *count(): AsyncGenerator<number> {
    for (;;) yield this.produced++;
  }
}

async function greeted(): Promise<
  { readonly raw: RawPeer; readonly api: Api } & Awaited<ReturnType<typeof dialledByHand>>
> {
  const api = new Api();
  const session = await dialledByHand(api);
  session.raw.greet();
  await session.raw.next();
  return { ...session, api };
}

test.each([
  '-1',
  '0',
  '1e999',
  '-1e999',
  '0.5',
  '"1"',
  'null',
  '{}',
  '[1]',
  'true',
  '9007199254740993',
  'NaN',
])('a release with a count of %s releases nothing', async (count) => {
  const { raw, peer, api } = await greeted();
  raw.send({ method: 'item', id: 1 });
  expect(await raw.next()).toMatchObject({ result: { __remoteobject__: 'item_0001' } });
  raw.send(`{"method":"item_0001.__delete__","params":[${count}]}`);
  expect(await raw.rest()).toEqual([]);
  expect(peer.stats.exported).toBe(1);
  raw.send({ method: 'item_0001.value', id: 2 });
  expect(await raw.next()).toMatchObject({ result: 1 });
  raw.send(
    `{"method":"item_0001.__delete__","params":[1000000]}`,
    `{"method":"item_0001.__delete__","params":[1]}`,
  );
  await raw.rest();
  expect(peer.stats.exported).toBe(0);
  expect(api.items[0]?.closings).toBe(1);
});

test('an old peer that deletes twice, or what never was, does no harm, and is answered where it asks', async () => {
  const api = new Api();
  const { raw, peer } = await dialledByHand(api);
  raw.send({ method: 'item', id: 1 }, { method: 'item', id: 2 });
  expect(await raw.next()).toMatchObject({ result: { __remoteobject__: 'item_0001' } });
  expect(await raw.next()).toMatchObject({ result: { __remoteobject__: 'item_0002' } });
  raw.send(
    { method: 'item_0001.__delete__' },
    { method: 'item_0001.__delete__', id: 3 },
    { method: 'item_0001.__delete__', id: 4 },
    { method: 'item_9999.__delete__', id: 5 },
    { method: 'item_0002.value', id: 6 },
  );
  for (const id of [3, 4, 5]) expect(await raw.next()).toEqual({ id, result: null, error: null });
  expect(await raw.next()).toEqual({ id: 6, result: 1, error: null });
  expect(peer.stats.exported).toBe(1);
  expect(api.items.map(({ closings }) => closings)).toEqual([1, 0]);
});

test('credit that makes no sense is no credit', async () => {
  const { raw, peer, api } = await greeted();
  raw.send({ method: 'count', id: 1, stream: 2 });
  expect(await raw.next()).toMatchObject({ result: 0, more: true });
  expect(await raw.next()).toMatchObject({ result: 1, more: true });
  for (const params of [
    '[1,-5]',
    '[1,0]',
    '[1,1e999]',
    '[1,0.5]',
    '[1,"9"]',
    '[1]',
    '[]',
    '[2,5]',
    '["1",5]',
    '[[1],5]',
    '{"1":5}',
    'null',
    '5',
  ])
    raw.send(`{"method":"$/credit","params":${params}}`);
  raw.send({ method: '$/credit' }, { method: '$/credit', params: [1, 5], id: 'asked' });
  await until('the good one counts', () => api.produced >= 7);
  const rest = (await raw.rest()).map((text) => JSON.parse(text) as { result: unknown });
  expect(rest.filter(({ result }) => typeof result === 'number')).toHaveLength(5);
  raw.send({ method: '$/cancelRequest', params: { id: 1 } });
  expect(await raw.next()).toMatchObject({ id: 1, error: { code: -32800 } });
  expect(peer.stats.running).toBe(0);
});

test.each(['-1', '0.5', '1e999', '"64"', 'null', '{}', 'true'])(
  'a stream of %s credit is none',
  async (credit) => {
    const { raw, peer } = await greeted();
    raw.send(`{"method":"count","id":1,"stream":${credit}}`);
    // Called, not piped: what comes is an iterable by reference.
    expect(await raw.next()).toMatchObject({ id: 1, result: { iterable: true } });
    expect(peer.stats.running).toBe(0);
  },
);

test('cancelling what does not run, in every form, does nothing', async () => {
  const { raw, peer, api } = await greeted();
  raw.send({ method: 'wait', id: 7 }, { method: 'wait', id: '7' });
  for (const params of [
    '{"id":8}',
    '{"id":null}',
    '{"id":[7]}',
    '{"id":{}}',
    '{}',
    '[7]',
    'null',
    '7',
    '{"id":true}',
    '{"id":"__proto__"}',
  ])
    raw.send(`{"method":"$/cancelRequest","params":${params}}`);
  raw.send({ method: '$/cancelRequest' });
  expect(await raw.rest()).toEqual([]);
  expect(peer.stats.running).toBe(2);
  raw.send({ method: '$/cancelRequest', params: { id: '7' } });
  expect(await raw.next()).toMatchObject({ id: '7', error: { code: -32800 } });
  raw.send(
    { method: '$/cancelRequest', params: { id: 7 } },
    { method: '$/cancelRequest', params: { id: 7 } },
  );
  expect(await raw.next()).toMatchObject({ id: 7, error: { code: -32800 } });
  expect(await raw.rest()).toEqual([]);
  expect(api.aborted).toBe(2);
});

test('targets and references that lead nowhere fail one call each', async () => {
  const { raw, peer } = await greeted();
  const cases: readonly [object, number][] = [
    [{ method: '#99.value' }, -32004],
    [{ method: '#.value' }, -32004],
    [{ method: '#1e999.value' }, -32004],
    [{ method: 'item_0099.value' }, -32001],
    [{ method: '.value' }, -32601],
    [{ method: '' }, -32601],
    [{ method: 'constructor' }, -32601],
    [{ method: '__proto__.toString' }, -32601],
    [{ method: 'add', params: [{ __objectreference__: '#99' }] }, -32004],
    [{ method: 'add', params: [{ __objectreference__: 'item_0099' }] }, -32001],
    [{ method: 'add', params: [{ __objectreference__: 5 }] }, -32602],
    [{ method: 'add', params: [{ __functionreference__: 'nothing' }] }, -32601],
    [{ method: 'add', params: [{ __remoteobject__: '' }] }, -32602],
    [{ method: 'add', params: [{ __jsonclass__: 'Date' }] }, -32602],
    [{ method: 'add', params: [{ __jsonclass__: ['BigInt', ['9'.repeat(10_001)]] }] }, -32602],
    [{ method: 'add', params: [{ __jsonclass__: ['RegExp', ['(']] }] }, -32602],
    [{ method: 'add', params: 5 }, -32602],
    [{ method: 'add', kwparams: [1] }, -32602],
    [{ method: '$/nothing' }, -32601],
    [{ method: '$/describe', params: ['item_0099'] }, -32001],
    [{ method: '$/describe', params: [{}] }, -32602],
  ];
  for (const [index, [request, code]] of cases.entries()) {
    raw.send({ ...request, id: `case ${index}` });
    expect(await raw.next(), JSON.stringify(request)).toMatchObject({ id: `case ${index}`, error: { code } });
  }
  expect(peer.stats).toMatchObject({ running: 0, imported: 0, exported: 0 });
});

test('a request that waits for itself, or for a later one, is answered', async () => {
  const { raw } = await greeted();
  raw.send({ method: '#1.value', id: 1 });
  expect(await raw.next()).toMatchObject({ id: 1, error: { code: -32004 } });
  raw.send({ method: '#3.value', id: 2 }, { method: 'item', id: 3 });
  expect(await raw.next()).toMatchObject({ id: 2, error: { code: -32004 } });
  expect(await raw.next()).toMatchObject({ id: 3, result: { __remoteobject__: 'item_0001' } });
});

test('an id that is in use is refused, be its first call running or waiting, and the first is not disturbed', async () => {
  const api = new Api();
  const { raw, peer } = await dialledByHand(api, { limits: { maxRunningCalls: 1 } });
  raw.greet();
  await raw.next();
  raw.send(
    { method: 'wait', id: 1 },
    { method: 'wait', id: 1 },
    { method: 'add', params: [1, 2], id: 2 },
    { method: 'add', params: [3, 4], id: 2 },
  );
  expect(await raw.next()).toMatchObject({
    id: 1,
    error: { code: -32600, message: 'A request with the id 1 is running already' },
  });
  expect(await raw.next()).toMatchObject({ id: 2, error: { code: -32600 } });
  raw.send({ method: '$/cancelRequest', params: { id: 1 } });
  expect(await raw.next()).toMatchObject({ id: 1, error: { code: -32800 } });
  expect(await raw.next()).toMatchObject({ id: 2, result: 3 });
  expect(await raw.rest()).toEqual([]);
  expect(peer.stats.running).toBe(0);
});

test('answers that nobody asked for are counted, and what they bring is given back', async () => {
  const { raw, peer } = await greeted();
  raw.send(
    { id: 99, result: 1, error: null },
    { id: 'x', result: null, error: { code: 1 } },
    { id: 98, result: [{ __remoteobject__: 'gift_0001' }], error: null },
    { id: 97, result: { __literal__: { __remoteobject__: 'data_0001' } }, error: null },
  );
  expect(await raw.rest()).toEqual(['{"params":[1],"method":"gift_0001.__delete__"}']);
  expect(peer.stats).toMatchObject({ stray: 4, imported: 0 });
});

test('a second answer to one call changes nothing', async () => {
  const { raw, peer } = await greeted();
  const call = peer.call.x?.();
  await raw.next();
  raw.send(
    { id: 1, result: 'first', error: null },
    { id: 1, result: 'second', error: null },
    { id: 1, error: 'third' },
  );
  expect(await call).toBe('first');
  await raw.rest();
  expect(peer.stats.stray).toBe(2);
});

test('a goodbye: no new calls leave, and what runs is answered', async () => {
  const { raw, peer } = await greeted();
  const call = peer.call.x?.();
  await raw.next();
  raw.send({ method: '$/bye' });
  expect(await raw.rest()).toEqual([]);
  await expect(peer.call.y?.()).rejects.toThrow('The other side is closing and takes no new calls');
  raw.send({ id: 1, result: 'done', error: null });
  expect(await call).toBe('done');
  expect(allExtensions).toContain('bye');
});
