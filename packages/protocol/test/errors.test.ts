import {
  CancelledError,
  ConnectionClosedError,
  codes,
  DependencyFailedError,
  errorFromWire,
  errorObject,
  errorText,
  InternalError,
  InvalidParamsError,
  InvalidRequestError,
  isForeign,
  LimitExceededError,
  MethodNotFoundError,
  markForeign,
  ParseError,
  RemoteError,
  RpcError,
  TimeoutError,
  UnknownObjectError,
  UnsendableError,
} from '@bjsonrpc/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** What a caller of a greeted peer gets for what was thrown there. */
function arrived(thrown: unknown): RpcError {
  return errorFromWire(JSON.parse(JSON.stringify(errorObject(thrown))));
}

const family = [
  [ParseError, 'ParseError', codes.parseError, 'Parse error'],
  [InvalidRequestError, 'InvalidRequestError', codes.invalidRequest, 'Unknown format'],
  [MethodNotFoundError, 'MethodNotFoundError', codes.methodNotFound, 'Unknown method'],
  [InvalidParamsError, 'InvalidParamsError', codes.invalidParams, 'Invalid params'],
  [InternalError, 'InternalError', codes.internalError, 'Internal error'],
  [CancelledError, 'CancelledError', codes.cancelled, 'Cancelled'],
  [UnknownObjectError, 'UnknownObjectError', codes.unknownObject, 'Unknown object'],
  [LimitExceededError, 'LimitExceededError', codes.limitExceeded, 'Limit exceeded'],
  [TimeoutError, 'TimeoutError', codes.deadlineExceeded, 'Timed out'],
  [DependencyFailedError, 'DependencyFailedError', codes.dependencyFailed, 'Dependency failed'],
] as const;

describe('the family', () => {
  test.each(family)('%o: name, code, message, data and class arrive', (Class, name, code, message) => {
    const plain = new Class();
    expect([plain.name, plain.code, plain.message, plain.data]).toEqual([name, code, message, undefined]);
    const there = arrived(new Class('why', { data: { a: [1] }, code: 5 }));
    expect(there).toBeInstanceOf(Class);
    expect([there.name, there.code, there.message, there.data]).toEqual([name, code, 'why', { a: [1] }]);
    expect(errorText(new Class('why'))).toBe('why');
    expect(JSON.stringify(errorObject(new Class('why')))).toBe(`{"code":${code},"message":"why"}`);
  });

  test('an RpcError of a program’s own', () => {
    class OutOfStock extends RpcError {}
    const error = new OutOfStock('no tea', { code: 418, data: { left: 0 }, cause: new Error('SECRET') });
    expect([error.name, error.code, (error.cause as Error).message]).toEqual(['OutOfStock', 418, 'SECRET']);
    const there = arrived(error);
    expect(there).toBeInstanceOf(RemoteError);
    expect([there.name, there.code, there.message, there.data]).toEqual([
      'OutOfStock',
      418,
      'no tea',
      { left: 0 },
    ]);
    expect(errorText(error)).toBe('no tea');
    expect(JSON.stringify(errorObject(error))).not.toContain('SECRET');
  });

  test('a subclass with a code of the protocol keeps its name', () => {
    class BadAge extends RpcError {
      constructor() {
        super('too young', { code: codes.invalidParams });
      }
    }
    const there = arrived(new BadAge());
    expect([there.name, there.code, there.message]).toEqual(['BadAge', codes.invalidParams, 'too young']);
  });

  test('an error that was remote here is passed on as it came', () => {
    const first = arrived(new RangeError('far'));
    expect([first.name, first.message, first.code]).toEqual(['RangeError', 'far', codes.handlerError]);
    const second = arrived(first);
    expect([second.name, second.message, second.code]).toEqual(['RangeError', 'far', codes.handlerError]);
    expect(errorText(first)).toBe('RangeError: far');
    expect(errorText(errorFromWire('just text'))).toBe('just text');
  });

  test('sent and path', () => {
    expect(new ConnectionClosedError('x', { sent: true }).sent).toBe(true);
    expect(new ConnectionClosedError().sent).toBe(false);
    const unsendable = new UnsendableError('a Socket', 'params[0].user.socket');
    expect([unsendable.message, unsendable.path]).toEqual([
      'params[0].user.socket: cannot send a Socket',
      'params[0].user.socket',
    ]);
  });
});

const bomb = (): never => {
  throw new Error('BOMB');
};

class Awkward extends Error {
  override get name(): string {
    return bomb();
  }
  override get message(): string {
    return bomb();
  }
  get code(): number {
    return bomb();
  }
  get data(): unknown {
    return bomb();
  }
}

describe('anything may be thrown', () => {
  const thrown: readonly [name: string, thrown: unknown, text: string][] = [
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a text', 'no', 'no'],
    ['nothing at all', '', ''],
    ['a number', 5, '5'],
    ['a BigInt', 5n, '5'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a function', Object, String(Object)],
    ['an object', { a: 1 }, '[object Object]'],
    ['an object without prototype', Object.create(null), 'an error that cannot be told'],
    ['an object whose toString throws', { toString: bomb }, 'an error that cannot be told'],
    ['an object whose toString gives an object', { toString: () => ({}) }, 'an error that cannot be told'],
    ['an array', [1, [2]], '1,2'],
    ['an Error', new Error('x'), 'Error: x'],
    ['a RangeError', new RangeError('x'), 'RangeError: x'],
    ['an Error without message', new Error(), 'Error: '],
    ['a frozen Error', Object.freeze(new TypeError('x')), 'TypeError: x'],
    ['a frozen RpcError', Object.freeze(new RpcError('x')), 'x'],
    ['an Error whose message is a number', Object.assign(new Error(), { message: 5 }), 'Error: 5'],
    [
      'an Error whose name is an object',
      Object.assign(new Error('x'), { name: { toString: bomb } }),
      'an error that cannot be told: x',
    ],
    ['an Error whose code is a text', Object.assign(new Error('x'), { code: 'ENOENT' }), 'Error: x'],
    ['an Error whose code is NaN', Object.assign(new Error('x'), { code: Number.NaN }), 'Error: x'],
  ];
  test.each(thrown)('%s', (_, value, text) => {
    expect(errorText(value)).toBe(text);
    const object = errorObject(value);
    expect(Number.isInteger(object.code)).toBe(true);
    expect(typeof object.message).toBe('string');
    const there = arrived(value);
    expect(there).toBeInstanceOf(RpcError);
    expect(there.message).toBe(object.message);
  });

  test('errors whose getters throw', () => {
    for (const value of [new Awkward(), Object.freeze(new Awkward())]) {
      expect(() => errorText(value)).not.toThrow();
      expect(() => errorObject(value)).not.toThrow();
      expect(arrived(value)).toBeInstanceOf(RpcError);
    }
  });

  test('proxies that throw at every touch', () => {
    const all = new Proxy({}, { get: () => bomb });
    const hostile = new Proxy(new Error('x'), new Proxy({}, all));
    expect(() => errorText(hostile)).not.toThrow();
    expect(() => errorObject(hostile)).not.toThrow();
  });

  test('code and data of any Error cross; its stack does not', () => {
    const error = Object.assign(new Error('x'), { code: 7, data: { a: 1 } });
    expect(errorObject(error)).toEqual({ code: 7, name: 'Error', message: 'x', data: { a: 1 } });
    expect(JSON.stringify(errorObject(error))).not.toContain('errors.test');
  });
});

describe('whatever stands in the error member of an answer', () => {
  test.each<[unknown, string, string, number]>([
    ['plain text', 'RemoteError', 'plain text', codes.handlerError],
    ['', 'RemoteError', '', codes.handlerError],
    ["KeyError: 'a'", 'KeyError', "'a'", codes.handlerError],
    ['ValueError: two\nlines: of it', 'ValueError', 'two\nlines: of it', codes.handlerError],
    ['MyException: x', 'MyException', 'x', codes.handlerError],
    ['not an Error: x', 'RemoteError', 'not an Error: x', codes.handlerError],
    ["Unknown method 'x'", 'RemoteError', "Unknown method 'x'", codes.handlerError],
    [5, 'RemoteError', '5', codes.handlerError],
    [true, 'RemoteError', 'true', codes.handlerError],
    [[1, 'x'], 'RemoteError', '[1,"x"]', codes.handlerError],
    [{}, 'RemoteError', '{}', codes.handlerError],
    [{ message: 5 }, 'RemoteError', '{"message":5}', codes.handlerError],
    [{ code: -32601 }, 'RemoteError', '{"code":-32601}', codes.handlerError],
    [{ message: 'x' }, 'RemoteError', 'x', codes.handlerError],
    [{ code: 'E', message: 'x' }, 'RemoteError', 'x', codes.handlerError],
    [{ code: -32601, message: 'x' }, 'MethodNotFoundError', 'x', -32601],
    [{ code: 12, message: 'x', name: 'Twelve' }, 'Twelve', 'x', 12],
    [{ code: 12, message: 'x', name: 5 }, 'RemoteError', 'x', 12],
    [{ code: 12, message: 'x', name: '' }, 'RemoteError', 'x', 12],
  ])('%j', (error, name, message, code) => {
    const made = errorFromWire(error);
    expect(made).toBeInstanceOf(RpcError);
    expect([made.name, made.message, made.code]).toEqual([name, message, code]);
  });

  test('any JSON value makes an error, and hostile keys do nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        if (value === null) return;
        const error = errorFromWire(value);
        expect(error).toBeInstanceOf(RpcError);
        expect(typeof error.message).toBe('string');
        expect(typeof error.name).toBe('string');
      }),
    );
    const error = errorFromWire(
      JSON.parse('{"message":"x","name":"__proto__","__proto__":{"polluted":1},"stack":"theirs"}'),
    );
    expect(error.name).toBe('__proto__');
    expect(error.stack).not.toBe('theirs');
    expect('polluted' in error).toBe(false);
  });

  test('decoded values, too: Maps, BigInts, functions', () => {
    for (const value of [new Map([[1, 2]]), 5n, () => {}, undefined, new Date(0), Symbol('x')]) {
      expect(() => errorFromWire(value)).not.toThrow();
      expect(errorFromWire(value)).toBeInstanceOf(RpcError);
    }
  });
});

test('what another peer said is known for it, whatever its class and code', () => {
  for (const code of [-32700, -32601, -32602, -32603, -32800, -32001, -32003, -32005, 7])
    expect(isForeign(errorFromWire({ code, message: 'x' }))).toBe(true);
  expect(isForeign(errorFromWire('ValueError: x'))).toBe(true);
  expect(isForeign(errorFromWire(null))).toBe(true);
  const own = new InvalidParamsError('x');
  for (const thrown of [own, new RemoteError('x'), null, undefined, 5, { message: 'x' }])
    expect(isForeign(thrown)).toBe(false);
  expect(isForeign(markForeign(own))).toBe(true);
  for (const thrown of [null, undefined, 5, Object.freeze(new Error('x'))])
    expect(markForeign(thrown)).toBe(thrown);
  expect(Object.keys(errorFromWire({ code: 1, message: 'x' }))).not.toContain('bjsonrpc.foreign.1');
  expect(errorObject(errorFromWire({ code: 1, message: 'x' }))).toEqual(
    errorObject(new RemoteError('x', { code: 1 })),
  );
});
