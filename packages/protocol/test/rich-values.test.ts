import { Codec, InvalidParamsError, RegExpSource, RpcError, UnsendableError } from '@bjsonrpc/protocol';
import { describe, expect, test } from 'vitest';
import { expectSame, hostileNames, Side, sent } from './fake-sides.ts';

const bytes = new Uint8Array([0, 1, 127, 128, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
const views = [
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

describe('values beyond JSON arrive as they left', () => {
  const values: readonly unknown[] = [
    new Date('2026-11-22T00:00:00.000Z'),
    new Date(-1),
    new Date(8.64e15),
    new Map<unknown, unknown>([
      ['a', new Map([[1, new Set([undefined, null])]])],
      [{ key: 1 }, [new Date(0)]],
    ]),
    new Set([1, 'a', new Set()]),
    new Map(),
    123456789012345678901234567890n,
    -1n,
    0n,
    new RegExpSource('(', 'what it is is not looked at'),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -0,
    undefined,
    [undefined, 1, undefined],
    [[[-0]], { a: Number.NaN }],
    bytes,
    new Uint8Array(0),
    bytes.buffer,
    new ArrayBuffer(0),
    new Uint8Array(bytes.buffer, 3, 5), // part of a larger buffer
    new DataView(bytes.buffer, 4, 2),
    ...views.map((View) => new View(bytes.buffer)),
    new Uint8Array(100_000).map((_, i) => i), // more than a call takes arguments
  ];
  test.each(values.map((value) => [Object.prototype.toString.call(value).slice(8, -1), value]))(
    '%s',
    (_, value) => {
      const arrived = sent({ a: [value] }) as { a: unknown[] };
      if (ArrayBuffer.isView(value)) {
        const view = arrived.a[0] as ArrayBufferView;
        expect(view.constructor).toBe(value.constructor);
        const raw = (v: ArrayBufferView) => new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
        expect(raw(view)).toEqual(raw(value));
      } else expectSame(arrived, { a: [value] });
    },
  );

  test('holes become undefined, and members that are undefined are left out', () => {
    // biome-ignore lint/suspicious/noSparseArray: it is about one
    expectSame(sent([, 1]), [undefined, 1]);
    expectSame(sent({ a: undefined, b: [1n] }), { b: [1n] });
  });

  test('an invalid Date', () => {
    const [date] = sent([new Date(Number.NaN)]) as Date[];
    expect(date).toBeInstanceOf(Date);
    expect(date?.getTime()).toBe(Number.NaN);
  });

  test('a URL', () => {
    const url = new URL('https://user:pw@example.org:8080/a%20b?q=ü#h');
    expect((sent([url]) as URL[])[0]?.href).toBe(url.href);
  });

  test('a long URL, as long as its host is short', () => {
    const url = new URL(`https://[::1]:8080/${'a/'.repeat(50_000)}?#`);
    expect((sent([url]) as URL[])[0]?.href).toBe(url.href);
    const data = new URL(`data:text/plain,${'a:'.repeat(50_000)}`);
    expect((sent([data]) as URL[])[0]?.href).toBe(data.href);
  });

  test('a RegExp arrives as its text, and goes back as what it was', () => {
    const [arrived] = sent([/a[/"\\]b/giu]) as [RegExpSource];
    expectSame(arrived, new RegExpSource(/a[/"\\]b/.source, 'giu'));
    expectSame(arrived.compile(), /a[/"\\]b/giu);
    const side = new Side('A', 'B');
    expect(side.write([arrived])).toBe(side.write([/a[/"\\]b/giu]));
    expect(() => new RegExpSource('(', '').compile()).toThrow(SyntaxError);
  });

  test('a Buffer arrives as what it extends', () => {
    const [arrived] = sent([Buffer.from('hello')]) as Uint8Array[];
    expect(arrived?.constructor).toBe(Uint8Array);
    expect(new TextDecoder().decode(arrived)).toBe('hello');
  });

  test('an Error keeps its name, message, code and data, and not its stack', () => {
    const plain = sent(new RangeError('too far')) as Error;
    expect([plain.name, plain.message, 'code' in plain, 'data' in plain]).toEqual([
      'RangeError',
      'too far',
      false,
      false,
    ]);
    expect(plain).toBeInstanceOf(Error);
    const rpc = sent(new RpcError('no', { code: 7, data: { when: new Date(0), list: [1n] } })) as RpcError;
    expect([rpc.name, rpc.message, rpc.code]).toEqual(['RpcError', 'no', 7]);
    expectSame(rpc.data, { when: new Date(0), list: [1n] });
    const text = new Side('A', 'B').write(
      Object.assign(new Error('x'), { stack: 'SECRET', cause: 'SECRET' }),
    );
    expect(text).not.toContain('SECRET');
  });
});

describe('hostile hints are refused, and say why', () => {
  const refused: readonly [name: string, args: string, why: RegExp][] = [
    ['Date', '["yesterday"]', /Not a Date: not a date/],
    ['Date', '[5]', /Not a Date/],
    ['Date', '[]', /Not a Date/],
    ['Bytes', '["a"]', /Not a Bytes/],
    ['Bytes', '["ü"]', /Not a Bytes/],
    ['Bytes', '[5]', /base64/],
    ['Bytes', '["AAAA","Buffer"]', /unknown view/],
    ['Bytes', '["AAAA","constructor"]', /unknown view/],
    ['Bytes', '["AAAA",null]', /unknown view/],
    ['Bytes', '["AAAA","Float64Array"]', /Not a Bytes/], // 3 bytes are no multiple of 8
    ['Map', '[5]', /array/],
    ['Map', '[[5]]', /array/],
    ['Map', '[{"length":9}]', /array/],
    ['Set', '["abc"]', /array/],
    ['URL', '["::"]', /Not a URL/],
    ['URL', '[null]', /string/],
    ['RegExp', '["a"]', /string/],
    ['URL', '["http://m\u00fcnchen.de/"]', /ASCII/],
    ['URL', '["http://x/ "]', /ASCII/],
    ['URL', `["http://${'a'.repeat(513)}/"]`, /512/],
    ['URL', `["HTTP:\\\\${'%cc%81'.repeat(100)}/"]`, /512/],
    ['URL', `["x://${'@'.repeat(513)}"]`, /512/],
    ['Error', '[]', /string/],
    ['Error', '["Error",{"toString":1}]', /string/],
    ['Number', '["5"]', /JSON has that number/],
    ['Number', '["0x10"]', /JSON has that number/],
    ['Number', '["NaN "]', /JSON has that number/],
    ['BigInt', '["1.5"]', /integer/],
    ['BigInt', '["0x10"]', /integer/],
    ['BigInt', '[""]', /integer/],
    ['BigInt', '[5]', /string/],
    ['BigInt', `["${'9'.repeat(4301)}"]`, /4300 digits/],
    ['Date', `["2026-11-22T00:00:00.${'0'.repeat(99)}Z"]`, /Not a Date/],
  ];
  test.each(refused)('%s(%s)', (name, args, why) => {
    const read = () => new Side('B', 'A').read(`[{"__jsonclass__":["${name}",${args}]}]`);
    expect(read).toThrow(InvalidParamsError);
    expect(read).toThrow(why);
  });

  test.each([...hostileNames, 'Object', 'Function', 'Array', 'process', ''])(
    'no class is looked up: %s',
    (name) => {
      const text = `{"__jsonclass__":[${JSON.stringify(name)},["return 1"]]}`;
      expect(() => new Side('B', 'A').read(text)).toThrow(/^Unknown class/);
      expect(() => new Side('B', 'A').read(text)).toThrow(`'${name}'`);
    },
  );

  test.each(['5', 'null', '{"toString":1}', '["Date"]', '{"__jsonclass__":["Date",[null]]}'])(
    'a class name that is none: %s',
    (name) => {
      expect(() => new Side('B', 'A').read(`{"__jsonclass__":[${name},[]]}`)).toThrow(InvalidParamsError);
    },
  );
});

describe('the application’s own classes', () => {
  class Point {
    readonly x: number;
    readonly at: Date;
    constructor(x: number, at: Date) {
      this.x = x;
      this.at = at;
    }
  }
  class Point3 extends Point {}
  const codec = new Codec().register('Point', Point, {
    encode: ({ x, at }) => [x, at],
    decode: (x, at) => {
      if (typeof x !== 'number' || !(at instanceof Date)) throw new TypeError('a number and a Date');
      return new Point(x, at);
    },
  });

  test('arrive, subclasses as the class that is registered', () => {
    const value = new Map([['p', new Point(1, new Date(0))]]);
    expectSame(sent(value, { codec }), value);
    expectSame(sent(new Point3(1, new Date(0)), { codec }), new Point(1, new Date(0)));
  });

  test('a decoder’s complaint is told, and kept as the cause: it is the application’s own', () => {
    const read = (text: string) => () => new Side('B', 'A', { codec }).read(text);
    const complaint = 'Not a Point: a number and a Date';
    const cause = new TypeError('a number and a Date');
    expect(read('{"__jsonclass__":["Point",["1"]]}')).toThrow(new InvalidParamsError(complaint, { cause }));
    expect(read('{"__jsonclass__":["Date",["1x"]]}')).toThrow(
      expect.not.objectContaining({ cause: expect.anything() }),
    );
  });

  test('a name counts once, and those of values that are no classes are taken', () => {
    const nothing = { encode: () => [], decode: () => new Point(0, new Date(0)) };
    for (const name of ['Point', 'Number', 'undefined'])
      expect(() => codec.register(name, Point, nothing)).toThrow('registered');
    const replaced = new Codec().register('Date', Point, nothing);
    expect(() => replaced.register('Date', Point, nothing)).toThrow('registered');
  });

  test('without registration: an error that names the class', () => {
    expect(() => sent([new Point(1, new Date(0))])).toThrow('params[0]: cannot send a Point');
  });
});

describe('a peer that did not greet', () => {
  const plain = new Side('A', 'B', { classHints: false });
  test.each<[unknown, string]>([
    [new Date(0), 'Date'],
    [new Map(), 'Map'],
    [1n, 'BigInt'],
    [Number.NaN, 'NaN'],
    [new Error('x'), 'Error'],
  ])('is not sent %s', (value, name) => {
    expect(() => plain.write([value])).toThrow(UnsendableError);
    expect(() => plain.write([value])).toThrow(name);
  });
  test('gets null for undefined, and 0 for -0', () => {
    expect(plain.write([undefined, -0])).toBe('[null,0]');
  });
});
