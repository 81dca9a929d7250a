import vm from 'node:vm';
import { connect, createServer, currentCall, Handler, kw, type Peer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { describe, expect, test, vi } from 'vitest';
import { failureOf } from '../by-hand/failure-of.ts';

type Package = typeof import('@bjsonrpc/peer');

async function secondCopy(): Promise<Package> {
  vi.resetModules();
  const other = await import('@bjsonrpc/peer');
  expect(other.connect).not.toBe(connect);
  return other;
}

/** A server of one copy, whose class is another's; and a client. */
async function between(copies: { server: Package; handler: Package; client: Package }) {
  class Api extends copies.handler.Handler<{ ask(): string }> {
    static override readonly parameters = { named: ['a', '*rest', '**more'] };
    context(): unknown[] {
      const call = copies.handler.currentCall();
      return [call.method, call.peer === (this.peer as unknown), typeof call.signal.aborted];
    }
    *items(): Generator<unknown> {
      yield copies.handler.currentCall().method;
      yield copies.handler.currentCall().peer === (this.peer as unknown);
    }
    named(a: unknown, ...more: unknown[]): unknown[] {
      return [a, ...more];
    }
    async passOn(): Promise<unknown> {
      return this.peer.with(copies.handler.currentCall()).call.ask();
    }
    async use(fn: (n: number) => Promise<number>): Promise<number> {
      copies.handler.retain(fn);
      return await fn(4);
    }
    refuse(): never {
      throw new copies.handler.InvalidParamsError('not so', { data: 1 });
    }
    self(): this {
      return this;
    }
  }
  const network = memory();
  const server = await copies.server.createServer(network, () => new Api(), { maskErrors: true });
  const client = await copies.client.connect<Api>(network, { handler: { ask: () => 'asked' } });
  return { client, server, close: () => server.close({ graceMs: 0 }) };
}

const here: Package = await import('@bjsonrpc/peer');

describe('a second copy of the package', () => {
  test.each([
    ['of handlers', (other: Package) => ({ server: here, handler: other, client: here })],
    ['of servers', (other: Package) => ({ server: other, handler: here, client: here })],
    ['of clients', (other: Package) => ({ server: here, handler: here, client: other })],
    ['of all but the handlers', (other: Package) => ({ server: other, handler: here, client: other })],
  ] as const)('%s is as good as this one', async (_, copies) => {
    const other = await secondCopy();
    const { client, close } = await between(copies(other));
    expect(await client.call.context()).toEqual(['context', true, 'boolean']);
    const items: unknown[] = [];
    for await (const item of client.pipe.items()) items.push(item);
    expect(items).toEqual(['items', true]);
    for (const make of [kw, other.kw])
      expect(await (client as unknown as Peer).call.named?.(1, 2, make({ b: 3 }))).toEqual([1, 2, { b: 3 }]);
    expect(await client.with({ timeout: 5000 }).call.passOn()).toBe('asked');
    expect(await client.call.use(((n: number) => 2 * n) as never)).toBe(8);
    const error = await failureOf(client.call.refuse());
    for (const type of [here.InvalidParamsError, other.InvalidParamsError])
      expect(error).toBeInstanceOf(type);
    const self = await client.call.self();
    for (const copy of [here, other]) expect(copy.retain(self)).toBe(self);
    expect(await self.call.context()).toEqual([expect.stringMatching(/^api_.*context$/), true, 'boolean']);
    self.close();
    await close();
  });

  test('its proxies may be passed on over a connection of this one', async () => {
    const other = await secondCopy();
    const far = await between({ server: other, handler: other, client: other });
    const network = memory();
    await using _near = await createServer(network, () => ({ ask: (api: Peer) => api.call.passOn?.() }));
    await using peer = (await connect(network)) as Peer;
    const self = await far.client.call.self();
    expect(await peer.call.ask?.(self)).toBe('asked');
    self.close();
    await far.close();
  });
});

describe('another realm', () => {
  const realm = vm.createContext({ setTimeout });
  const foreign = (source: string): unknown => vm.runInContext(`(${source})`, realm);

  test('its handlers, options, signals, promises, streams and errors are taken', async () => {
    const network = memory();
    const api = foreign(`{
      add: async (a, b) => a + b,
      math: { twice: (n) => 2 * n },
      ticks: async function* () { yield 1; yield 2; },
      list: function* () { yield 'a'; },
      fail: () => { throw Object.assign(new RangeError('too far'), { code: 'E_FAR' }); },
      map: () => new Map([[1, new Date(0)]]),
    }`) as { [name: string]: unknown };
    await using _server = await createServer(network, () => api);
    const { call, pipe }: Peer = await connect(network, foreign(`{ limits: { maxDepth: 50 } }`) as object);
    expect(await call.add?.(1, 2)).toBe(3);
    expect(await call.math?.twice?.(4)).toBe(8);
    for (const [name, expected] of [
      ['ticks', [1, 2]],
      ['list', ['a']],
    ] as const) {
      const items: unknown[] = [];
      for await (const item of (pipe[name] as () => AsyncIterable<unknown>)()) items.push(item);
      expect(items).toEqual(expected);
    }
    expect(await failureOf(call.fail?.() as Promise<unknown>)).toMatchObject({
      name: 'RangeError',
      code: 'E_FAR',
    });
    expect(await call.map?.()).toEqual(new Map([[1, new Date(0)]]));
  });

  test('a Map of another realm publishes, and keywords from there are keywords', async () => {
    const network = memory();
    const methods = foreign(`new Map([['add', (a, b) => a + b], ['named', (named) => named]])`) as object;
    await using _server = await createServer(network, () => methods);
    await using peer = (await connect(network)) as Peer;
    expect(await peer.call.add?.(1, 2)).toBe(3);
    expect(await peer.call.named?.(kw(foreign('{ a: 1 }') as { a: number }))).toEqual({ a: 1 });
  });
});

class Own extends Handler {
  who(): string {
    return currentCall().method;
  }
}

test('a handler made by one copy and held by two connections of different ones is one object', async () => {
  const other = await secondCopy();
  const handler = new Own();
  const network = memory();
  const far = memory();
  await using _one = await createServer(network, () => handler);
  await using _two = await other.createServer(far, () => handler);
  await using a = await connect<Own>(network);
  await using b = await connect<Own>(far);
  expect(await Promise.all([a.call.who(), b.call.who()])).toEqual(['who', 'who']);
  expect(() => handler.peer).toThrow(/several connections/);
});
