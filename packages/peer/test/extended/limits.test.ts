import { until } from '@bjsonrpc/duplex-suite';
import { Handler, LimitExceededError, type Limits, type Peer } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { openSession, type Session } from '../../../../test/scenarios/session.ts';
import { transports } from '../../../../test/scenarios/transports.ts';
import { acceptedByHand, dialledByHand } from './raw-peer.ts';

class Item extends Handler {}

class Api extends Handler {
  finish: () => void = () => {};
  readonly #over = new Promise<void>((resolve) => {
    this.finish = resolve;
  });
  wait(): Promise<void> {
    return this.#over;
  }
  echo(value: unknown): unknown {
    return value;
  }
  item(): Item {
    return new Item();
  }
}

const memory = transports[0] as (typeof transports)[number];

function open(
  api: Api,
  limits: { readonly client?: Partial<Limits>; readonly server?: Partial<Limits> },
): Promise<Session<Api, unknown>> {
  return openSession<Api, unknown>(memory, {
    api,
    clientOptions: { limits: limits.client ?? {} },
    serverOptions: { limits: limits.server ?? {} },
  });
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

test('maxRunningCalls and maxQueuedCalls: what is beyond both is refused, with both names', async () => {
  const api = new Api();
  const { client, server, emptied } = await open(api, { server: { maxRunningCalls: 2, maxQueuedCalls: 4 } });
  const calls = Array.from({ length: 8 }, () => client.call.wait());
  // Reading is held back at half of the queue: one call of the server's own makes it read on, and one more call run.
  const own = (server as Peer).method.nothing?.();
  const refused = calls[7];
  await expect(refused).rejects.toThrow(LimitExceededError);
  await expect(refused).rejects.toThrow('2 calls run and 4 wait (maxRunningCalls, maxQueuedCalls)');
  expect(server.stats.running).toBe(7);
  api.finish();
  await Promise.all(calls.slice(0, 7));
  await expect(own?.value).rejects.toThrow("Unknown method 'nothing'");
  await emptied();
});

test('maxPendingCalls: one call more fails at once, and is not sent', async () => {
  const api = new Api();
  const { client, emptied } = await open(api, { client: { maxPendingCalls: 3 } });
  const calls = Array.from({ length: 3 }, () => client.call.wait());
  const { messagesOut } = client.stats;
  await expect(client.call.wait()).rejects.toThrow('3 calls are unanswered already (maxPendingCalls)');
  expect(client.stats.messagesOut).toBe(messagesOut);
  api.finish();
  await Promise.all(calls);
  await client.call.wait();
  await emptied();
});

test('maxExports: on both sides, for arguments and results', async () => {
  const { client, emptied } = await open(new Api(), { client: { maxExports: 2 }, server: { maxExports: 2 } });
  const why = 'The other side holds 2 objects already (maxExports)';
  await expect(client.call.echo([new Item(), new Item(), new Item()])).rejects.toThrow(why);
  expect(client.stats.exported).toBe(0);
  const items = [await client.call.item(), await client.call.item()];
  await expect(client.call.item()).rejects.toThrow(why);
  for (const item of items) item.close();
  (await client.call.item()).close();
  await emptied();
});

test('maxDepth: what is sent, what is received, and cycles', async () => {
  const { client, emptied } = await open(new Api(), { client: { maxDepth: 50 }, server: { maxDepth: 20 } });
  await expect(client.call.echo(nested(60))).rejects.toThrow(
    'nested deeper than 50 (maxDepth), or in a cycle',
  );
  const cycle: unknown[] = [];
  cycle.push(cycle);
  await expect(client.call.echo(cycle)).rejects.toThrow('(maxDepth), or in a cycle');
  expect(await client.call.echo(nested(10))).toEqual(nested(10));
  await emptied();
  const { raw } = await dialledByHand(new Api(), { limits: { maxDepth: 20 } });
  raw.send({ method: 'echo', params: [nested(30)], id: 1 });
  expect(await raw.next()).toEqual({ id: 1, result: null, error: 'Nested deeper than 20 (maxDepth)' });
});

test('maxMessageBytes: one’s own and the one that the other side greeted with, counted in UTF-8', async () => {
  const { client, emptied } = await open(new Api(), {
    client: { maxMessageBytes: 1000 },
    server: { maxMessageBytes: 500 },
  });
  expect(await client.call.echo('x'.repeat(300))).toBe('x'.repeat(300));
  await expect(client.call.echo('x'.repeat(600))).rejects.toThrow(
    /The message has \d+ bytes; 500 are allowed \(maxMessageBytes\)/,
  );
  await expect(client.call.echo('€'.repeat(200))).rejects.toThrow('500 are allowed (maxMessageBytes)');
  await emptied();
  const long = { long: () => 'x'.repeat(600), item: () => [new Item(), 'x'.repeat(600)] };
  const other = await openSession<typeof long, unknown>(memory, {
    api: long,
    serverOptions: { limits: { maxMessageBytes: 500 } },
  });
  await expect(other.client.call.long()).rejects.toThrow('500 are allowed (maxMessageBytes)');
  await expect(other.client.call.item()).rejects.toThrow('500 are allowed (maxMessageBytes)');
  await other.emptied();
});

test('maxBatchLength, maxMethodLength, maxIdLength: refused with an answer', async () => {
  const { raw } = await dialledByHand(new Api(), {
    limits: { maxBatchLength: 3, maxMethodLength: 10, maxIdLength: 5 },
  });
  const call = (id: unknown, method = 'echo'): object => ({ method, params: [1], id });
  raw.send([call(1), call(2), call(3)]);
  for (const id of [1, 2, 3]) expect(await raw.next()).toEqual({ id, result: 1, error: null });
  raw.send([1, 2, 3, 4].map((id) => call(id)));
  expect(await raw.next()).toEqual({
    id: null,
    result: null,
    error: 'A batch may have 3 elements (maxBatchLength)',
  });
  raw.send(call(1, 'x'.repeat(11)));
  expect(await raw.next()).toEqual({
    id: 1,
    result: null,
    error: "A method's name may have 10 characters (maxMethodLength)",
  });
  raw.send(call('123456'));
  expect(await raw.next()).toEqual({
    id: null,
    result: null,
    error: 'An id may have 5 characters (maxIdLength)',
  });
  raw.send(call('12345'));
  expect(await raw.next()).toEqual({ id: '12345', result: 1, error: null });
});

test('maxStreamItems: a stream without flow control that nobody reads is given up', async () => {
  const { raw, peer } = await acceptedByHand({ limits: { maxStreamItems: 10 } });
  const items = peer.pipe.flood?.();
  for (let i = 0; i < 12; i++) raw.send({ id: 1, result: i, error: null });
  await until('all have arrived', () => peer.stats.messagesIn === 12);
  const read: unknown[] = [];
  const reading = (async () => {
    if (items) for await (const item of items) read.push(item);
  })();
  await expect(reading).rejects.toThrow('10 items wait unread (maxStreamItems)');
  expect(read).toHaveLength(10);
  expect(peer.stats.pending).toBe(0);
});

test('maxInvalidPerMinute: each is answered, and one more closes the connection', async () => {
  const { raw, peer } = await dialledByHand(new Api(), { limits: { maxInvalidPerMinute: 3 } });
  raw.send('{"no":"message"}', '{broken', '5', '[[]]');
  await until('the connection is closed', () => raw.isClosed);
  await peer.closed;
  expect(raw.received.length).toBeLessThanOrEqual(4);
  expect(peer.stats.invalid).toBe(4);
});
