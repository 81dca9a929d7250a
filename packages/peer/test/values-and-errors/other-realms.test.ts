import vm from 'node:vm';
import { type Codec, Handler, InvalidParamsError, RemoteError, RpcError } from '@bjsonrpc/peer';
import { describe, expect, test, vi } from 'vitest';
import { openSession, overTransports } from '../../../../test/scenarios/session.ts';
import { transports } from '../../../../test/scenarios/transports.ts';

const memory = transports[0] as (typeof transports)[number];
const realm = vm.createContext({});
const foreign = (source: string): unknown => vm.runInContext(`(${source})`, realm);

interface Api {
  echo(value: unknown): Promise<unknown>;
  fail(): Promise<never>;
}

overTransports((open) => {
  test('values and errors of another realm arrive as those of this one', async () => {
    const api = {
      echo: (value: unknown) => value,
      fail: () => {
        throw foreign('Object.assign(new RangeError("too far"), { code: 42, by: 3 })');
      },
      give: () => foreign('({ at: new Date(0), all: new Map([[1, [new Set([2])]]]) })'),
    };
    const { client } = await open<Api & { give(): Promise<unknown> }>({ api });
    for (const source of [
      'new Date(0)',
      'new Map([[1, 2]])',
      'new Set([1])',
      'new Uint8Array([1, 2])',
      '({ a: [1, { b: 2 }] })',
      '[[1], new Date(1)]',
    ]) {
      const own = vm.runInThisContext(`(${source})`) as unknown;
      expect(await client.call.echo(foreign(source))).toEqual(own);
    }
    expect(await client.call.echo(foreign('/a/g'))).toEqual({ source: 'a', flags: 'g' });
    expect(await client.call.give()).toEqual({ at: new Date(0), all: new Map([[1, [new Set([2])]]]) });
    const error = await client.call.fail().then(undefined, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ name: 'RangeError', message: 'too far', code: 42, by: 3 });
  });
});

describe('a second copy of the packages in the program', () => {
  const secondCopy = (): Promise<typeof import('@bjsonrpc/peer')> => {
    vi.resetModules();
    return import('@bjsonrpc/peer');
  };

  test('its errors are expected ones here, and those of this copy there', async () => {
    const other = await secondCopy();
    expect(other.RpcError).not.toBe(RpcError);
    const { client } = await openSession<Api, unknown>(memory, {
      api: {
        echo: () => {
          throw new other.InvalidParamsError('not that');
        },
        fail: () => {
          throw new other.RpcError('no', { code: 7 });
        },
      },
      serverOptions: { maskErrors: true },
    });
    await expect(client.call.echo(1)).rejects.toBeInstanceOf(InvalidParamsError);
    await expect(client.call.echo(1)).rejects.toBeInstanceOf(other.InvalidParamsError);
    const error = await client.call.fail().then(undefined, (reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'RpcError', message: 'no', code: 7 });
    expect(error).toBeInstanceOf(other.RemoteError);
  });

  test('its Codec serves here', async () => {
    const other = await secondCopy();
    class Point {
      readonly x: number;
      constructor(x: number) {
        this.x = x;
      }
    }
    const codec = new other.Codec().register('Point', Point, {
      encode: ({ x }) => [x],
      decode: (x) => new Point(Number(x)),
    }) as unknown as Codec;
    const { client } = await openSession<Api, unknown>(memory, {
      api: { echo: (value: unknown) => [value] },
      serverOptions: { codec },
      clientOptions: { codec },
    });
    expect(await client.call.echo(new Point(3))).toEqual([new Point(3)]);
    expect(await client.call.echo(new Date(0))).toEqual([new Date(0)]);
  });

  test('its Handlers are Handlers here', async () => {
    const other = await secondCopy();
    class Counter extends other.Handler {
      #total = 0;
      add(amount: number): number {
        this.#total += amount;
        return this.#total;
      }
    }
    expect(new Counter()).not.toBeInstanceOf(Handler);
    const { client } = await openSession<{ open(): Counter }, unknown>(memory, {
      api: { open: () => new Counter() },
    });
    const counter = await client.call.open();
    expect(await counter.call.add(2)).toBe(2);
    expect(await counter.call.add(3)).toBe(5);
    counter.close();
  });
});
