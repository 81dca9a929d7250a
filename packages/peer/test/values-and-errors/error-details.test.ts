import { readFile } from 'node:fs/promises';
import { RemoteError, RpcError } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { overTransports } from '../../../../test/scenarios/session.ts';

class TooLittle extends Error {
  readonly missing: number;
  /** What stays on its side. */
  readonly socket: object = new (class Socket {})();
  readonly retry = (): void => {};
  constructor(message: string, missing: number) {
    super(message);
    this.missing = missing;
  }
}

const api = {
  read: () => readFile('/nowhere/at/all'),
  refuse: () => {
    throw { status: 404, reason: 'gone' };
  },
  pay: () => {
    throw new TooLittle('not enough', 5);
  },
  many: () => {
    throw new AggregateError([new RangeError('one'), new TooLittle('two', 1)], 'two failed');
  },
  behind: () => {
    throw new Error('not saved', { cause: new TooLittle('disk full', 7) });
  },
  meant: () => {
    throw new RpcError('no tea', { code: 'E_STOCK', cause: new Error('SECRET') });
  },
  unsendable: () => {
    throw Object.assign(new Error('boom'), { data: Symbol('s'), status: 500 });
  },
};

type Api = { readonly [name in keyof typeof api]: () => Promise<never> };

type Failure = RemoteError & { readonly [member: string]: unknown };

async function failure(call: Promise<unknown>): Promise<Failure> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RemoteError);
  return error as Failure;
}

overTransports((open) => {
  test('what programs look at in an error arrives', async () => {
    const { client } = await open<Api>({ api });
    const read = await failure(client.call.read());
    expect([read.code, read.syscall, read.path]).toEqual(['ENOENT', 'open', '/nowhere/at/all']);
    const refuse = await failure(client.call.refuse());
    expect([refuse.code, refuse.status, refuse.reason]).toEqual([-32000, 404, 'gone']);
    const pay = await failure(client.call.pay());
    expect([pay.name, pay.message, pay.missing, 'socket' in pay, 'retry' in pay]).toEqual([
      'Error',
      'not enough',
      5,
      false,
      false,
    ]);
    const many = await failure(client.call.many());
    const [one, two] = many.errors as [Failure, Failure];
    expect([many.name, one.name, one.message, two.message, two.missing]).toEqual([
      'AggregateError',
      'RangeError',
      'one',
      'two',
      1,
    ]);
    const behind = await failure(client.call.behind());
    expect(behind.cause).toBeInstanceOf(RemoteError);
    expect([behind.message, (behind.cause as Failure).message, (behind.cause as Failure).missing]).toEqual([
      'not saved',
      'disk full',
      7,
    ]);
    const meant = await failure(client.call.meant());
    expect([meant.name, meant.code, 'cause' in meant]).toEqual(['RpcError', 'E_STOCK', false]);
    const unsendable = await failure(client.call.unsendable());
    expect([unsendable.message, unsendable.data, unsendable.status]).toEqual(['boom', undefined, 500]);
  });

  test('to the other side of a peer between as well', async () => {
    const { client } = await open<{ pass(on: () => unknown): Promise<unknown> }>({
      api: { pass: (on: () => Promise<unknown>) => on() },
    });
    const ask = (name: keyof typeof api): Promise<unknown> => client.call.pass(api[name]);
    expect(await failure(ask('read'))).toMatchObject({ code: 'ENOENT', path: '/nowhere/at/all' });
    expect(await failure(ask('pay'))).toMatchObject({ missing: 5 });
    const many = await failure(ask('many'));
    expect((many.errors as Failure[]).map(({ message }) => message)).toEqual(['one', 'two']);
    expect(((await failure(ask('behind'))).cause as Failure).missing).toBe(7);
  });
});

overTransports((open) => {
  test('of a masked error nothing does', async () => {
    const wire: string[] = [];
    const { client } = await open<Api>({
      api,
      serverOptions: { maskErrors: true, onWire: ({ text }) => wire.push(text) },
    });
    for (const name of ['read', 'refuse', 'pay', 'many', 'behind', 'unsendable'] as const) {
      const error = await client.call[name]().then(undefined, (reason: RpcError) => reason);
      expect(error).toMatchObject({
        name: 'InternalError',
        code: -32603,
        data: { errorId: expect.any(String) },
      });
      expect(Object.keys(error).sort()).toEqual(['code', 'data', 'name']);
      expect('cause' in error).toBe(false);
    }
    expect(wire.join('\n')).not.toMatch(/nowhere|gone|enough|missing|one|disk|boom|details|500/);
  });

  test('with the plain profile the text does, as ever', async () => {
    const { client } = await open<Api>({ api, serverOptions: { extensions: false } });
    expect(await failure(client.call.pay())).toMatchObject({
      message: 'Error: not enough',
      code: -32000,
    });
    expect('missing' in (await failure(client.call.pay()))).toBe(false);
  });
});
