import {
  Handler,
  LimitExceededError,
  type RemoteFunction,
  retain,
  UnknownObjectError,
  UnsendableError,
} from '@bjsonrpc/peer';
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import { openSession, type SessionOptions } from '../../../../test/scenarios/session.ts';
import { type ScenarioTransport, transports } from '../../../../test/scenarios/transports.ts';

let run = 0;

/** Thrown things that are told apart by every test run. */
const oddities: { readonly [name: string]: () => unknown } = {
  error: () => new RangeError(`unheard ${run}`),
  text: () => `unheard text ${run}`,
  'plain object': () => ({ message: `unheard object ${run}` }),
  symbol: () => Symbol(`unheard symbol ${run}`),
  'object without a prototype': () =>
    Object.assign(Object.create(null) as object, { message: `bare ${run}` }),
};

class Api extends Handler {
  throwIt(name: string): never {
    throw oddities[name]?.();
  }
  async rejectIt(name: string): Promise<never> {
    await null;
    throw oddities[name]?.();
  }
  unsendable(): unknown {
    return { deep: [Symbol('s')] };
  }
  notSendable(): unknown {
    return { socket: new (class Socket {})() };
  }
  tooLong(): string {
    return 'x'.repeat(100_000);
  }
  *badItem(): Generator<unknown> {
    yield 1;
    yield Symbol('s');
  }
  kept: RemoteFunction<(text: string) => void> | undefined;
  keep(listener: RemoteFunction<(text: string) => void>, retained: boolean): void {
    this.kept = retained ? retain(listener) : listener;
  }
}

const memory = transports[0] as ScenarioTransport;

function open(options: Omit<SessionOptions, 'api'> = {}, api = new Api()) {
  return openSession<Api, unknown>(memory, { api, ...options });
}

describe('without an onError', () => {
  let said: MockInstance<typeof console.error>;
  beforeEach(() => {
    run++;
    said = vi.spyOn(console, 'error').mockReturnValue();
  });
  afterEach(() => said.mockRestore());

  test.each(Object.keys(oddities))(
    'what a notification throws is said once, with its method: %s',
    async (name) => {
      const { client } = await open();
      for (let i = 0; i < 3; i++) client.notify.throwIt(name);
      client.notify.rejectIt(name);
      await client.ping();
      await client.ping();
      const texts = said.mock.calls.map(([text]) => String(text));
      expect(texts).toHaveLength(2);
      expect(texts[0]).toMatch(/^bjsonrpc: throwIt: /);
      expect(texts[0]).toContain(`${run}`);
      expect(texts[1]).toMatch(/^bjsonrpc: rejectIt: /);
    },
  );

  test('what a caller hears is not said, and connections come and go without a word', async () => {
    const { client, server } = await open();
    await client.call.throwIt('error').catch(() => {});
    await client.call.rejectIt('text').catch(() => {});
    server.abort(new Error('gone'));
    await client.closed;
    expect(said.mock.calls).toEqual([]);
  });

  test('a result that cannot be sent is said where it was made, and told to the caller', async () => {
    const { client } = await open();
    await expect(client.call.unsendable()).rejects.toThrow(/result\.deep\[0\]: cannot send/);
    expect(said.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(/^bjsonrpc: unsendable: .*result\.deep\[0\]/),
    ]);
  });
});

type Heard = [unknown, string | undefined];

test('with one it hears each time, of whatever cannot be told or be sent', async () => {
  const heard: Heard[] = [];
  const limits = { maxMessageBytes: 10_000 };
  const { client } = await open({
    serverOptions: { onError: (error, { method }) => heard.push([error, method]), limits },
  });
  client.notify.throwIt('text');
  client.notify.throwIt('text');
  client.notify.rejectIt('error');
  await client.ping();
  await client.ping();
  for (const method of ['unsendable', 'notSendable', 'tooLong'] as const)
    await expect(client.call[method]()).rejects.toBeInstanceOf(Error);
  const read = async (): Promise<void> => {
    for await (const _ of client.pipe.badItem());
  };
  await expect(read()).rejects.toThrow(/cannot send/);
  expect(heard.map(([, method]) => method)).toEqual([
    'throwIt',
    'throwIt',
    'rejectIt',
    'unsendable',
    'notSendable',
    'tooLong',
    'badItem',
  ]);
  expect(
    heard.slice(3).map(([error]) => error instanceof UnsendableError || error instanceof LimitExceededError),
  ).toEqual([true, true, true, true]);
});

test('an onError that throws, or rejects, disturbs nobody', async () => {
  for (const onError of [
    () => {
      throw new Error('of the reporter');
    },
    async () => {
      throw new Error('of the reporter');
    },
  ]) {
    const { client } = await open({ serverOptions: { onError } });
    client.notify.throwIt('error');
    await client.ping();
  }
});

describe('telling a callback that is gone', () => {
  test.each<[string, (api: Api) => void]>([
    ['released', () => {}],
    ['closed', ({ kept }) => kept?.close()],
  ])('%s: nothing is sent, nothing thrown, and it is reported once', async (how, end) => {
    const heard: Heard[] = [];
    const api = new Api();
    const { client } = await open(
      { serverOptions: { onError: (error, { method }) => heard.push([error, method]) } },
      api,
    );
    const listener = vi.fn();
    await client.call.keep(listener as never, how === 'closed');
    if (how === 'closed') {
      api.kept?.notify('a');
      await client.ping();
      expect(listener).toHaveBeenCalledExactlyOnceWith('a');
    }
    end(api);
    for (let i = 0; i < 5; i++) expect(api.kept?.notify('b')).toBeUndefined();
    await client.ping();
    expect(listener).toHaveBeenCalledTimes(how === 'closed' ? 1 : 0);
    expect(heard).toHaveLength(1);
    expect(heard[0]?.[0]).toBeInstanceOf(UnknownObjectError);
    expect(heard[0]?.[1]).toMatch(/^function_[0-9a-f]{4}\.__call__$/);
    await expect(api.kept?.('c')).rejects.toBeInstanceOf(UnknownObjectError);
  });

  test('broken: the same', async () => {
    const heard: unknown[] = [];
    const api = new Api();
    const { client, server } = await open({ serverOptions: { onError: (error) => heard.push(error) } }, api);
    await client.call.keep(vi.fn() as never, true);
    client.abort();
    await server.closed;
    heard.length = 0; // of the connection
    for (let i = 0; i < 5; i++) api.kept?.notify('b');
    expect(heard).toEqual([expect.objectContaining({ name: 'UnknownObjectError' })]);
  });
});

test('a timeout and a closed connection name the method', async () => {
  const { client } = await openSession<{ wait(): void }, unknown>(memory, {
    api: { wait: () => new Promise(() => {}) },
  });
  await expect(client.with({ timeout: 5 }).call.wait()).rejects.toThrow(/5 ms.*'wait'/);
  const waiting = client.call.wait();
  client.abort();
  await expect(waiting).rejects.toThrow(/'wait' may have run/);
  await expect(client.call.wait()).rejects.toThrow(/not sent: 'wait'/);
});

test('with callSites the stack of a failed call tells where it was made; else it does not', async () => {
  for (const callSites of [true, false]) {
    const { client } = await open({ clientOptions: { callSites } });
    const here = async (): Promise<unknown> => await client.call.throwIt('error');
    const { stack } = (await here().then(undefined, (error: unknown) => error)) as Error;
    expect(stack?.includes('-- called from --')).toBe(callSites);
    if (callSites) expect(stack?.split('-- called from --')[1]).toContain('unheard-errors.test.ts');
  }
});
