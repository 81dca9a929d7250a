import { currentCall, Handler } from '@bjsonrpc/peer';
import { memory, VirtualClock } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';
import { openSession } from '../../../../test/scenarios/session.ts';
import { acceptedByHand, allExtensions, dialledByHand } from './raw-peer.ts';

class Item extends Handler {
  value(): number {
    return 1;
  }
}

class Api extends Handler<{ whoAreYou(): string }> {
  add(a: number, b: number): number {
    return a + b;
  }
  item(): Item {
    return new Item();
  }
  *count(n: number): Generator<number> {
    for (let i = 0; i < n; i++) yield i;
  }
  fail(): never {
    throw new TypeError('as told');
  }
  async callBack(): Promise<string> {
    return this.peer.call.whoAreYou();
  }
}

const hello = {
  method: '$/hello',
  params: [
    { version: 1, extensions: [...allExtensions, 'items'], limits: { maxMessageBytes: 16 * 1024 * 1024 } },
  ],
};

test('the dialling side greets first; the accepting side answers a greeting, once, and never greets first', async () => {
  const { raw } = await acceptedByHand();
  expect(await raw.next()).toEqual(hello);
  const { raw: client, peer } = await dialledByHand(new Api());
  void peer.call.whoAreYou?.().catch(() => {});
  expect(await client.next()).toEqual({ method: 'whoAreYou', id: 1 });
  client.greet();
  expect(await client.next()).toEqual(hello);
  client.greet();
  expect(await client.rest()).toEqual([]);
});

test('nothing waits for the greeting: the first call takes one round trip', async () => {
  const clock = new VirtualClock();
  const network = memory({ latencyMs: 50, clock });
  const open = openSession<Api, unknown>(
    { name: 'slow', open: () => ({ listener: network, dialler: () => network }) },
    {
      api: new Api(),
      greeted: false,
      clientOptions: { clock, timeout: 0 },
      serverOptions: { clock, timeout: 0 },
    },
  );
  const { client } = await open;
  let answeredAt = Number.NaN;
  const answer = client.call.add(1, 2).finally(() => {
    answeredAt = clock.now();
  });
  await clock.advance(1000);
  expect(await answer).toBe(3);
  expect(answeredAt).toBe(100);
  const closed = client.close();
  await clock.advance(10_000);
  await closed;
});

test('to an old server nothing but the greeting is ever sent that the original did not know', async () => {
  const { raw, peer } = await acceptedByHand({ handler: new Api() });
  await raw.next();
  const answer = async (response: object): Promise<Record<string, unknown>> => {
    const request = await raw.next();
    raw.send({ id: request.id, result: null, error: null, ...response });
    return request;
  };
  const sum = peer.call.add?.(1, 2);
  expect(await answer({ result: 3 })).toEqual({ params: [1, 2], method: 'add', id: 1 });
  expect(await sum).toBe(3);

  // From here on it is known to be old: timeouts, traces, credit, cancellation, releases and goodbyes stay here.
  const { signal } = new AbortController();
  const traced = peer.with({ timeout: 60_000, signal, traceparent: '00-a-b-01' }).call.add?.(1, 2);
  expect(await answer({ result: 3 })).toEqual({ params: [1, 2], method: 'add', id: 2 });
  await traced;
  const items = peer.pipe.count?.(5);
  expect(await raw.next()).toEqual({ params: [5], method: 'count', id: 3 });
  for (let i = 0; i < 100; i++) raw.send({ id: 3, result: i, error: null });
  for (let i = 0; i < 50; i++) expect(await items?.next()).toEqual({ done: false, value: i });
  await items?.return();
  const request = peer.method.slow?.();
  expect(await raw.next()).toEqual({ method: 'slow', id: 4 });
  request?.cancel();
  await expect(request?.value).rejects.toThrow('cancelled');
  const fn = (): number => 1;
  const taken = peer.call.take?.(fn, fn, new Item());
  // Every emission has a name of its own.
  expect(await answer({})).toMatchObject({
    params: [
      { __remoteobject__: expect.stringMatching(/^function_0006$/), callable: true },
      { __remoteobject__: expect.stringMatching(/^function_0007$/), callable: true },
      { __remoteobject__: expect.stringMatching(/^item_0008$/) },
    ],
    id: 5,
  });
  await taken;
  raw.send(
    '{"method":"function_0006.__delete__"}',
    '{"method":"function_0007.__delete__"}',
    '{"method":"item_0008.__delete__"}',
  );
  const item = peer.call.item?.();
  expect(await answer({ result: { __remoteobject__: 'item_0001' } })).toEqual({ method: 'item', id: 9 });
  ((await item) as { close(): void }).close();
  expect(await raw.next()).toEqual({ method: 'item_0001.__delete__' });
  await expect(peer.call.echo?.(new Date())).rejects.toThrow(
    'params[0]: cannot send a Date: the plain profile is spoken here',
  );
  raw.send({ method: 'fail', id: 'x' });
  expect(await raw.next()).toEqual({ id: 'x', result: null, error: 'TypeError: as told' });
  await peer.close();
  expect(raw.received.slice(1).join('\n')).not.toMatch(/\$\/|"(timeout|stream|traceparent)"/);
});

test('to an old client nothing is sent that the original did not know', async () => {
  const { raw, peer } = await dialledByHand(new Api());
  raw.send({ method: 'add', params: [1, 2], id: 1 });
  expect(raw.received).toEqual([]);
  expect(await raw.next()).toEqual({ id: 1, result: 3, error: null });
  raw.send({ method: 'callBack', id: 2 });
  expect(await raw.next()).toEqual({ method: 'whoAreYou', id: 1 });
  raw.send({ id: 1, result: 'me', error: null });
  expect(await raw.next()).toEqual({ id: 2, result: 'me', error: null });
  const late = peer.with({ timeout: 5000, traceparent: '00-a-b-01' }).method.whoAreYou?.();
  expect(await raw.next()).toEqual({ method: 'whoAreYou', id: 2 });
  late?.cancel();
  raw.send({ method: 'fail', id: 3 });
  expect(await raw.next()).toEqual({ id: 3, result: null, error: 'TypeError: as told' });
  raw.send({ method: 'count', params: [2], id: 4 });
  expect(await raw.next()).toEqual({ id: 4, result: 0, error: null });
  expect(await raw.next()).toEqual({ id: 4, result: 1, error: null });
  await peer.close();
  expect(raw.received.join('\n')).not.toContain('$/');
});

test.each([
  ['the accepting side', {}, { extensions: false }],
  ['the dialling side', { extensions: false }, {}],
])('extensions: false on %s is the plain profile, byte for byte', async (_, clientOptions, serverOptions) => {
  const wire = async (clientExtras: object, serverExtras: object): Promise<string[]> => {
    const network = memory();
    const texts: string[] = [];
    const onWire = ({ direction, text }: { direction: string; text: string }): void => {
      texts.push(`${direction} ${text}`);
    };
    const { client } = await openSession<Api, unknown>(
      { name: 'memory', open: () => ({ listener: network, dialler: () => network }) },
      {
        api: new Api(),
        clientApi: { whoAreYou: () => 'me' },
        clientOptions: { ...clientExtras, onWire },
        serverOptions: serverExtras,
      },
    );
    expect(await client.call.add(1, 2)).toBe(3);
    expect(await client.call.callBack()).toBe('me');
    const item = await client.call.item();
    expect(await item.call.value()).toBe(1);
    item.close();
    await expect(client.call.fail()).rejects.toThrow('as told');
    const items = client.pipe.count(3);
    expect(await items.next()).toEqual({ done: false, value: 0 });
    await items.return();
    await client.close();
    return texts.filter((text) => !text.includes('$/hello'));
  };
  const plain = await wire({ extensions: false }, { extensions: false });
  expect(await wire(clientOptions, serverOptions)).toEqual(plain);
  expect(plain.join('\n')).not.toMatch(/\$\/|"more"|"stream"|"timeout"|"code"/);
});

test('who hears of extensions that it does not know, or of none, degrades', async () => {
  const { raw, peer } = await dialledByHand({ now: () => currentCall().deadline === undefined });
  raw.greet([]);
  expect(await raw.next()).toEqual(hello);
  const call = peer.with({ timeout: 5000 }).call.x?.();
  expect(await raw.next()).toEqual({ method: 'x', id: 1 });
  raw.send({ id: 1, result: 5, error: null });
  expect(await call).toBe(5);
  raw.greet(['from the future']);
  raw.send({ method: '$/fromTheFuture', params: [1] }, { method: '$/fromTheFuture', id: 1 });
  expect(await raw.next()).toMatchObject({
    id: 1,
    error: expect.stringContaining("Unknown method '$/fromTheFuture'"),
  });
});

test.each([[undefined], [null], [[]], [[null]], [[{ version: 1 }]], [[{ extensions: 5 }]], ['x']])(
  'a malformed greeting (%j) is no greeting, and does no harm',
  async (params) => {
    const { raw } = await dialledByHand(new Api());
    raw.send({ method: '$/hello', params }, { method: 'add', params: [1, 2], id: 1 });
    expect(await raw.next()).toEqual({ id: 1, result: 3, error: null });
  },
);
