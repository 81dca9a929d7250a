import { Codec, InvalidParamsError, UnsendableError } from '@bjsonrpc/peer';
import { RegExpSource } from '@bjsonrpc/protocol';
import { expect, test } from 'vitest';
import { overTransports } from './session.ts';

const api = {
  echo: (value: unknown): unknown => value,
  kind: (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1),
};

class Point {
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
}

const withPoints = (): Codec =>
  new Codec().register('Point', Point, {
    encode: ({ x, y }) => [x, y],
    decode: (x, y) => {
      if (typeof x !== 'number' || typeof y !== 'number') throw new TypeError('two numbers are expected');
      return new Point(x, y);
    },
  });

overTransports((open) => {
  test.each<[string, unknown]>([
    ['a Date', new Date('2026-11-22T12:34:56.789Z')],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', new Set([1n])],
        [new Date(0), undefined],
      ]),
    ],
    ['a Set', new Set<unknown>([1, 'two', new Map([[1, 2]])])],
    ['a BigInt', -123456789012345678901234567890n],
    ['bytes', new Uint8Array([0, 1, 254, 255])],
    ['floats', new Float64Array([0.1, -0, Number.NaN, 1e300])],
    ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
    ['big typed integers', new BigUint64Array([2n ** 64n - 1n])],
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['infinities', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['-0', -0],
    ['the text of a RegExp', new RegExpSource('^a"b\\\\c', 'giu')],
    ['a URL', new URL('https://user@example.org:8080/a?b=c#d')],
    ['all of it nested', { a: [{ b: new Map([['k', [undefined, -0, { c: new Date(1), d: 2n ** 70n }]]]) }] }],
    ['what looks like a reference', { __remoteobject__: 'x_0001', deep: [{ __jsonclass__: ['Date', []] }] }],
    ['a literal in a literal', { __literal__: { __literal__: 1 }, when: new Date(5) }],
    ['the key __proto__', JSON.parse('{"__proto__":{"polluted":true},"b":[{"constructor":1}]}')],
  ])('%s arrives as it was', async (_, value) => {
    const { client, emptied } = await open<typeof api>({ api });
    expect(await client.call.echo([value])).toStrictEqual([value]);
    expect(await client.call.echo({ value })).toStrictEqual(value === undefined ? {} : { value });
    await emptied();
  });

  test('an invalid Date arrives as it was', async () => {
    const { client } = await open<typeof api>({ api });
    const back = await client.call.echo(new Date(Number.NaN));
    expect([back instanceof Date, Number(back)]).toEqual([true, Number.NaN]);
  });

  test('an Error arrives as an Error, with its name, message and data', async () => {
    const { client } = await open<typeof api>({ api });
    const error = Object.assign(new RangeError('too far'), { data: { at: new Date(0) } });
    const back = await client.call.echo({ error });
    expect(back).toMatchObject({
      error: { name: 'RangeError', message: 'too far', data: { at: new Date(0) } },
    });
    expect((back as { error: unknown }).error).toBeInstanceOf(Error);
  });

  test('the values of other classes arrive with their own', async () => {
    const { client } = await open<typeof api>({ api });
    expect(await client.call.kind(new Date())).toBe('Date');
    expect(await client.call.kind(new Int16Array(2))).toBe('Int16Array');
    expect(await client.call.kind(1n)).toBe('BigInt');
  });

  test('an application’s own class, registered on both sides', async () => {
    const { client, emptied } = await open<typeof api>({
      api,
      serverOptions: { codec: withPoints() },
      clientOptions: { codec: withPoints() },
    });
    const back = await client.call.echo({ points: [new Point(1, 2)] });
    expect(back).toStrictEqual({ points: [new Point(1, 2)] });
    await emptied();
  });

  test('a class that only one side knows fails one call, clearly, and releases what came with it', async () => {
    const { client, emptied } = await open<typeof api>({ api, clientOptions: { codec: withPoints() } });
    const call = client.call.echo([() => 1, new Point(1, 2), () => 2]);
    await expect(call).rejects.toThrow(InvalidParamsError);
    await expect(call).rejects.toThrow("Unknown class 'Point': register it with the codec");
    await emptied();
    expect(await client.call.echo(1)).toBe(1);
  });

  test('an answer with an unknown class fails that call on the caller’s side', async () => {
    const points = { point: () => [() => 1, new Point(1, 2), () => 2] };
    const { client, emptied } = await open<typeof points>({
      api: points,
      serverOptions: { codec: withPoints() },
    });
    await expect(client.call.point()).rejects.toThrow("Unknown class 'Point'");
    await emptied();
  });

  test('what its class refuses is told', async () => {
    const { client } = await open<typeof api>({
      api,
      serverOptions: { codec: withPoints() },
      clientOptions: {
        codec: new Codec().register('Point', Point, { encode: () => ['no'], decode: () => new Point(0, 0) }),
      },
    });
    await expect(client.call.echo(new Point(1, 2))).rejects.toThrow('Not a Point: two numbers are expected');
  });

  test('an instance of any other class names its class and its place, and nothing is sent', async () => {
    const { client, server, emptied } = await open<typeof api>({ api });
    const { messagesIn } = server.stats;
    class Socket {}
    const call = client.call.echo({ user: [{ socket: new Socket() }] });
    await expect(call).rejects.toThrow(UnsendableError);
    await expect(call).rejects.toMatchObject({
      message:
        'params[0].user[0].socket: cannot send a Socket: let its class extend Handler, or register a Codec',
      path: 'params[0].user[0].socket',
    });
    await expect(client.call.echo(Symbol('s'))).rejects.toThrow('params[0]: cannot send a symbol');
    expect(() => client.notify.echo(new Socket())).toThrow('params[0]: cannot send a Socket');
    await client.ping();
    expect(server.stats.messagesIn).toBe(messagesIn + 1); // the ping
    await emptied();
  });

  test('a class name is not looked up anywhere: not Function, not Object.prototype', async () => {
    for (const name of ['Function', 'Object', 'constructor', '__proto__', 'hasOwnProperty', 'globalThis']) {
      const codec = new Codec().register(`${name}`, Point, {
        encode: () => ['return 1'],
        decode: () => new Point(0, 0),
      });
      const { client } = await open<typeof api>({ api, clientOptions: { codec } });
      await expect(client.call.echo(new Point(0, 0))).rejects.toThrow(`Unknown class '${name}'`);
    }
  });
});
