import vm from 'node:vm';
import {
  Codec,
  ConnectionClosedError,
  encodePlain,
  encodeValue,
  errorObject,
  errorText,
  InvalidParamsError,
  isError,
  LimitExceededError,
  LineDecoder,
  RemoteError,
  RpcError,
  UnsendableError,
} from '@bjsonrpc/protocol';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { expectSame, Side, sent } from './fake-sides.ts';

const realm = vm.createContext({});
const foreign = (source: string): unknown => vm.runInContext(source, realm);
const write = (value: unknown): string => new Side('A', 'B').write(value);

/** Each as an expression that both realms understand. */
const values = [
  'new Date(0)',
  'new Date(NaN)',
  'new Map([[1, new Map([["a", new Date(1)]])]])',
  'new Set([1, [undefined], new Set([-0])])',
  '/a[/]b/giu',
  'new Error("x")',
  'Object.assign(new RangeError("x"), { code: "E", data: { at: new Date(0) } })',
  'new AggregateError([new Error("one")], "two")',
  '({ a: [1, { b: new Date(0) }], __proto__: null })',
  '({ a: [1, 2, { b: null }], c: "text" })',
  '[new Date(0), [1, 2], {}]',
  '[{ __remoteobject__: "x" }]',
  'new ArrayBuffer(3)',
  'new DataView(new ArrayBuffer(8), 2, 3)',
  ...[
    'Uint8Array',
    'Uint8ClampedArray',
    'Int8Array',
    'Int16Array',
    'Uint16Array',
    'Int32Array',
    'Uint32Array',
    'Float32Array',
    'Float64Array',
  ].map((name) => `new ${name}([1, 2, 3])`),
  'new BigInt64Array([1n, -1n])',
  'new BigUint64Array([1n, 2n])',
  'new Uint16Array([1, 2, 3]).subarray(1)',
  'new (class Later extends Date {})(5)',
  'new (class Table extends Map { extra = 1 })([[1, 2]])',
  'new (class Bag extends Set {})([1])',
  'new (class Text extends Uint8Array {})([104, 105])',
  'new (class Pattern extends RegExp {})("a", "i")',
  'new (class TooFar extends RangeError { constructor(m) { super(m); this.name = "TooFar"; } })("x")',
  'new (class TooFar extends (class extends Error {}) {})("x")',
];

describe('values of another realm travel as those of this one', () => {
  test.each(values)('%s', (source) => {
    const own = vm.runInThisContext(`(${source})`) as unknown;
    const other = foreign(`(${source})`);
    for (const wrap of [
      (value: unknown) => value,
      (value: unknown) => [value],
      (value: unknown) => ({ a: { b: [value] } }),
      (value: unknown) => new Map([[value, new Set([value])]]),
    ])
      expect(write(wrap(other))).toBe(write(wrap(own)));
    expect(encodePlain(other, 200) ?? write(other)).toBe(write(own));
  });

  test('as arguments of an application’s class, which is the one that was registered', () => {
    class Point {
      readonly at: unknown;
      constructor(at: unknown) {
        this.at = at;
      }
    }
    const codec = new Codec().register('Point', Point, {
      encode: ({ at }) => [at],
      decode: (at) => new Point(at),
    });
    expectSame(sent(new Point(foreign('new Date(0)')), { codec }), new Point(new Date(0)));
    const stranger = foreign('new (class Point { at = 1 })()');
    expect(() => sent([stranger], { codec })).toThrow('params[0]: cannot send a Point');
  });

  test('a URL of another implementation', () => {
    class URL {
      readonly href = 'http://a.example/x';
      get [Symbol.toStringTag](): string {
        return 'URL';
      }
    }
    expect((sent([new URL()]) as globalThis.URL[])[0]).toEqual(new globalThis.URL('http://a.example/x'));
  });

  test('bytes from a socket of another realm are read', () => {
    const decoder = new LineDecoder();
    decoder.push(foreign('new Uint8Array([123, 125, 10, 91, 93, 10])') as Uint8Array);
    expect([decoder.next(), decoder.next(), decoder.next()]).toEqual(['{}', '[]', undefined]);
  });
});

describe('who only says to be one is not', () => {
  const tagged = (tag: string, more: object = {}): object => {
    class Liar {
      get [Symbol.toStringTag](): string {
        return tag;
      }
    }
    return Object.assign(new Liar(), more);
  };
  const tags = [
    ...['Date', 'Map', 'Set', 'RegExp', 'ArrayBuffer', 'DataView', 'Uint8Array', 'Float16Array', 'URL'],
    ...['Object', 'Array', 'Null', '', 'String', 'Number', 'Symbol'],
  ];
  test.each(tags)('%s', (tag) => {
    for (const more of [{}, { length: 1e9, byteLength: 1e9, size: 1, href: 'x', source: 'a', flags: '' }]) {
      expect(() => write([tagged(tag, more)])).toThrow(UnsendableError);
      expect(() => write([tagged(tag, more)])).toThrow('params[0]: cannot send a Liar');
    }
  });

  test('an Error has nothing to prove it on every platform, and is told as far as it goes', () => {
    expect(write([tagged('Error')])).toBe('[{"__jsonclass__":["Error",["undefined","undefined"]]}]');
    expect(isError(JSON.parse('{"name":"Error","message":"x","stack":"y"}'))).toBe(false);
  });

  test('proxies, boxed values, promises and functions of another realm', () => {
    for (const source of ['new Proxy(new (class A {})(), {})', 'new (class A extends Object {})()'])
      expect(() => write([foreign(source)])).toThrow('cannot send an A');
    for (const source of [
      'new Number(5)',
      'new String("x")',
      'Promise.resolve()',
      'new WeakMap()',
      '() => 1',
    ])
      expect(() => write([foreign(source)])).toThrow(UnsendableError);
  });
});

describe('errors of another realm', () => {
  test('are told as those of this one', () => {
    const source =
      'Object.assign(new RangeError("too far", { cause: new TypeError("why") }), { code: 42, status: 1 })';
    const own = vm.runInThisContext(source) as unknown;
    expect(errorText(foreign(source))).toBe('RangeError: too far');
    expect(errorObject(foreign(source))).toEqual(errorObject(own));
    expect(errorObject(own)).toMatchObject({ code: 42, name: 'RangeError', cause: { name: 'TypeError' } });
    expect(errorObject(foreign('({ status: 404 })'))).toEqual(errorObject({ status: 404 }));
  });

  test('and a DOMException is one', () => {
    expect(isError(new DOMException('x', 'AbortError'))).toBe(true);
    expect(errorText(new DOMException('x', 'AbortError'))).toBe('AbortError: x');
  });
});

type Library = typeof import('@bjsonrpc/protocol');

/** A second copy of the package in this realm, and one in another realm. */
const copies: { name: string; make: () => Promise<Library> }[] = [
  {
    name: 'a second copy of the package',
    make: () => {
      vi.resetModules();
      return import('@bjsonrpc/protocol');
    },
  },
  {
    name: 'a copy in another realm',
    make: async () => {
      const { outputFiles } = await build({
        entryPoints: [new URL('../src/index.ts', import.meta.url).pathname],
        bundle: true,
        minify: true,
        format: 'iife',
        globalName: 'library',
        write: false,
      });
      const context = vm.createContext({ URL, TextDecoder, atob, btoa });
      return vm.runInContext(`${outputFiles[0]?.text}\nlibrary`, context) as Library;
    },
  },
];

describe.each(copies)('$name', ({ make }) => {
  let other: Library;
  beforeAll(async () => {
    other = await make();
  });

  test('is another one', () => {
    expect(other.RpcError).not.toBe(RpcError);
    expect(other.Codec).not.toBe(Codec);
  });

  test('its errors are known by class, both ways', () => {
    const theirs = {
      rpc: new other.RpcError('a', { code: 7 }),
      params: new other.InvalidParamsError('b'),
      closed: new other.ConnectionClosedError('c', { sent: true }),
      remote: new other.RemoteError('d', { code: 'ENOENT' }),
    };
    for (const error of Object.values(theirs)) expect(error).toBeInstanceOf(RpcError);
    expect(theirs.params).toBeInstanceOf(InvalidParamsError);
    expect(theirs.params).not.toBeInstanceOf(LimitExceededError);
    expect(theirs.remote).toBeInstanceOf(RemoteError);
    expect(theirs.rpc).not.toBeInstanceOf(RemoteError);
    expect(theirs.closed instanceof ConnectionClosedError && theirs.closed.sent).toBe(true);
    expect(new UnsendableError('x', 'y') instanceof other.UnsendableError).toBe(true);
    expect(new InvalidParamsError() instanceof other.LimitExceededError).toBe(false);
    expect(new Error('x') instanceof other.RpcError).toBe(false);
  });

  test('its errors are told as ours', () => {
    const errors = (library: Library): unknown[] => [
      new library.RpcError('a', { code: 7, data: { x: 1 }, cause: new Error('SECRET') }),
      new library.InvalidParamsError('b'),
      new library.ConnectionClosedError('c', { sent: true }),
      library.errorFromWire({ code: 5, message: 'd', name: 'Theirs', details: { code: 'E', status: 1 } }),
      library.errorFromWire('RangeError: e'),
    ];
    const ours = errors({ ...other, RpcError, InvalidParamsError, ConnectionClosedError } as Library);
    expect(errors(other).map(errorText)).toEqual(ours.map(errorText));
    expect(errors(other).map(errorObject)).toEqual(ours.map(errorObject));
    expect(JSON.stringify(errors(other).map(errorObject))).not.toContain('SECRET');
  });

  test('a program’s own subclass is known by its prototype alone', () => {
    class OutOfStock extends RpcError {}
    const theirs = new (class OutOfStock extends other.RpcError {})('x');
    expect(theirs).toBeInstanceOf(RpcError);
    expect(theirs).not.toBeInstanceOf(OutOfStock);
    expect(new OutOfStock('x')).toBeInstanceOf(OutOfStock);
    expect(new RpcError('x')).not.toBeInstanceOf(OutOfStock);
    expect(new (class Tea extends OutOfStock {})('x')).toBeInstanceOf(OutOfStock);
  });

  test('its Codec serves here', () => {
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
    const value = { at: new Date(0), p: [new Point(1)], m: new Map([[1, 2n]]) };
    const text = new Side('A', 'B', { codec }).write(value);
    expect(text).toBe(
      '{"at":{"__jsonclass__":["Date",["1970-01-01T00:00:00.000Z"]]},"p":[{"__jsonclass__":["Point",[1]]}],' +
        '"m":{"__jsonclass__":["Map",[[[1,{"__jsonclass__":["BigInt",["2"]]}]]]]}}',
    );
    const arrived = new Side('B', 'A', { codec }).read(text) as { at: object; p: Point[] };
    expect(arrived.p[0]).toBeInstanceOf(Point);
    expect(Date.prototype.getTime.call(arrived.at)).toBe(0);
    // And what it refuses, it refuses in terms that are understood here.
    const refused = (): unknown => new Side('B', 'A', { codec }).read('{"__jsonclass__":["None",[]]}');
    expect(refused).toThrow(InvalidParamsError);
  });

  test('its values are encoded here', () => {
    expect(encodeValue([new other.RpcError('x', { code: 7 })], 'params', new Side('A', 'B'))).toBe(
      '[{"__jsonclass__":["Error",["RpcError","x",7,null]]}]',
    );
  });
});

describe('instanceof of the family', () => {
  test.each([[undefined], [null], [5], ['x'], [Symbol('s')], [{}], [Object.create(null)], [new Error('x')]])(
    'nothing else is one: %s',
    (value) => {
      expect((value as unknown) instanceof RpcError).toBe(false);
      expect((value as unknown) instanceof InvalidParamsError).toBe(false);
    },
  );

  test('no data is one, whatever its members', () => {
    const data = JSON.parse(
      '{"name":"RpcError","code":1,"message":"x","bjsonrpc.error.1":"RpcError","__proto__":{"name":"RpcError"}}',
    ) as unknown;
    expect(data instanceof RpcError).toBe(false);
    const own = { [Symbol.for('bjsonrpc.error.1')]: 'RpcError' };
    expect((own as unknown) instanceof RpcError).toBe(false);
  });

  test('a prototype is no instance of its class', () => {
    expect((RpcError.prototype as unknown) instanceof RpcError).toBe(false);
    expect(RemoteError.prototype instanceof RpcError).toBe(true);
  });
});
