import {
  CancelledError,
  ConnectionClosedError,
  codes,
  errorFromWire,
  errorObject,
  errorText,
  InternalError,
  InvalidParamsError,
  RemoteError,
  RpcError,
} from '@bjsonrpc/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Side } from './fake-sides.ts';

/** What a caller of a greeted peer gets for what was thrown there. */
function arrived(thrown: unknown): RpcError & { readonly [member: string]: unknown } {
  const text = new Side('A', 'B', { classHints: false }).write(errorObject(thrown));
  return errorFromWire(new Side('B', 'A').read(text)) as ReturnType<typeof arrived>;
}

/** Its own members that are not every error's. */
function membersOf(error: object): object {
  const { name, code, data, ...members } = error as { name?: unknown; code?: unknown; data?: unknown };
  return members;
}

describe('what an Error has of its own', () => {
  test('a text for a code', () => {
    const thrown = Object.assign(new Error('no such file'), {
      errno: -2,
      code: 'ENOENT',
      syscall: 'open',
      path: '/nowhere',
    });
    expect(JSON.stringify(errorObject(thrown))).toBe(
      '{"code":-32000,"message":"no such file","name":"Error","details":{"code":"ENOENT","errno":-2,"syscall":"open","path":"/nowhere"}}',
    );
    const there = arrived(thrown);
    expect([there.code, there.errno, there.syscall, there.path]).toEqual(['ENOENT', -2, 'open', '/nowhere']);
    expect(arrived(new RpcError('x', { code: 'E_STOCK' })).code).toBe('E_STOCK');
  });

  test('members that are plain JSON', () => {
    class TooLittle extends Error {
      readonly missing: number;
      readonly issues = [{ path: ['a', 0], message: 'no', expected: undefined }];
      readonly retry = { after: 5, hosts: ['a', null, true] };
      constructor(missing: number) {
        super('not enough');
        this.missing = missing;
      }
    }
    const there = arrived(new TooLittle(5));
    expect(membersOf(there)).toEqual({
      missing: 5,
      issues: [{ path: ['a', 0], message: 'no' }],
      retry: { after: 5, hosts: ['a', null, true] },
    });
    expect(Object.getOwnPropertyDescriptor(there, 'missing')).toEqual({
      value: 5,
      configurable: true,
      enumerable: true,
      writable: true,
    });
    expect(membersOf(arrived(there))).toEqual(membersOf(there)); // passed on by a peer between
  });

  test('an Error without any is written as ever', () => {
    expect(JSON.stringify(errorObject(new RangeError('x')))).toBe(
      '{"code":-32000,"message":"x","name":"RangeError"}',
    );
    expect(JSON.stringify(errorObject(new RpcError('x', { code: 7, data: [1] })))).toBe(
      '{"code":7,"message":"x","name":"RpcError","data":[1]}',
    );
    expect(JSON.stringify(errorObject(new CancelledError()))).toBe('{"code":-32800,"message":"Cancelled"}');
    const masked = new InternalError('Internal error 1', {
      data: { errorId: '1' },
      cause: new Error('SECRET'),
    });
    expect(JSON.stringify(errorObject(masked))).toBe(
      '{"code":-32603,"message":"Internal error 1","data":{"errorId":"1"}}',
    );
  });

  test('what is no plain JSON stays, and only that', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    class Socket {
      readonly open = true;
    }
    const stay = {
      request: new Socket(),
      config: { headers: new Socket(), url: '/x', auth: { password: 'SECRET' } },
      adapter: () => 1,
      list: [1, () => 1],
      when: new Date(0),
      seen: new Set([1]),
      big: 1n,
      symbol: Symbol('s'),
      none: undefined,
      nan: Number.NaN,
      minusNothing: -0,
      // biome-ignore lint/suspicious/noSparseArray: it is about one
      holes: [, 1],
      cycle,
      deep: [[[[[[1]]]]]],
      reference: { __remoteobject__: 'x' },
      class: [{ __jsonclass__: ['Date', []] }],
      stream: { async *[Symbol.asyncIterator]() {} },
      _private: 1,
      __proto: 1,
      then: 'x',
      toJSON: 'x',
      sent: false,
      stack: 'at home',
      toString: 'x',
      constructor: 'x',
      [Symbol('key')]: 1,
    };
    const error = Object.assign(new Error('x'), stay, { status: 404 });
    Object.defineProperty(error, 'hidden', { value: 1 });
    Object.defineProperty(error, 'trap', {
      enumerable: true,
      get: () => {
        throw new Error('BOMB');
      },
    });
    expect(errorObject(error).details).toEqual({ status: 404 });
  });

  test('what is large stays, and what is small beside it does not', () => {
    const large = {
      text: 'x'.repeat(5000),
      list: Array.from({ length: 2000 }, (_, i) => i),
      sparse: new Array(1e9),
      object: { ['k'.repeat(5000)]: 1 },
      wide: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, i])),
    };
    expect(errorObject(Object.assign(new Error('x'), large, { status: 404 })).details).toEqual({
      status: 404,
    });
    // Shared parts must not multiply the work.
    let shared: unknown[] = [1];
    for (let i = 0; i < 4; i++) shared = Array.from({ length: 400 }, () => shared);
    expect(errorObject(Object.assign(new Error('x'), { shared, status: 1 })).details).toEqual({ status: 1 });
    const many = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, i) => [`member${i}`, 'x'.repeat(100)]),
    );
    expect(JSON.stringify(errorObject(Object.assign(new Error('x'), many))).length).toBeLessThan(5000);
    expect(errorObject(Object.assign(new Error('x'), { code: 'E'.repeat(5000) })).details).toEqual({});
  });
});

describe('what was thrown and is no Error', () => {
  test('a plain object: its members, code, data and message', () => {
    const gone = arrived({ status: 404, reason: 'gone' });
    expect([gone.code, gone.status, gone.reason, gone.name]).toEqual([
      codes.handlerError,
      404,
      'gone',
      'RemoteError',
    ]);
    const like = arrived({ code: 'E', message: 'no', data: { x: 1 }, name: 'Own', stack: 'SECRET' });
    expect([like.code, like.message, like.data, like.name]).toEqual(['E', 'no', { x: 1 }, 'RemoteError']);
    expect(like.stack).not.toContain('SECRET');
    expect(arrived({ code: codes.invalidParams, message: 'no' })).toBeInstanceOf(InvalidParamsError);
    expect(errorText({ message: 'no', status: 1 })).toBe('no');
  });

  test('an instance of a class is a text, and so is a list', () => {
    class Response {
      readonly status = 404;
      readonly message = 'gone';
      readonly code = 7;
    }
    expect(errorObject(new Response())).toEqual({ code: codes.handlerError, message: 'gone' });
    expect(errorObject([{ status: 1 }])).toEqual({ code: codes.handlerError, message: '[object Object]' });
  });
});

describe('errors within errors', () => {
  test('a cause, and its cause', () => {
    const root = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', port: 1 });
    const there = arrived(new TypeError('fetch failed', { cause: new Error('lower', { cause: root }) }));
    const lower = there.cause as RpcError;
    const lowest = lower.cause as RpcError & { port: number };
    expect([lower.name, lower.message, lowest.message, lowest.code, lowest.port]).toEqual([
      'Error',
      'lower',
      'refused',
      'ECONNREFUSED',
      1,
    ]);
    expect(lower).toBeInstanceOf(RemoteError);
    expect(Object.keys(there)).not.toContain('cause');
    expect(errorObject(there)).toEqual(errorObject(errorFromWire(errorObject(there)))); // passed on
    expect((arrived(there).cause as Error).message).toBe('lower');
  });

  test('of any kind', () => {
    expect(arrived(new Error('x', { cause: 'a text' })).cause).toMatchObject({ message: 'a text' });
    expect(arrived(new Error('x', { cause: { status: 1 } })).cause).toMatchObject({ status: 1 });
    expect(arrived(new Error('x', { cause: new RpcError('y', { code: 7, data: [1] }) })).cause).toMatchObject(
      {
        code: 7,
        data: [1],
      },
    );
    for (const cause of [undefined, null]) expect('cause' in arrived(new Error('x', { cause }))).toBe(false);
  });

  test('those of an AggregateError', () => {
    const there = arrived(new AggregateError([new RangeError('one'), 'two', { status: 3 }], 'all failed'));
    const errors = there.errors as (RpcError & { status?: number })[];
    expect(errors.map(({ name, message }) => [name, message])).toEqual([
      ['RangeError', 'one'],
      ['RemoteError', 'two'],
      ['RemoteError', '[object Object]'],
    ]);
    expect(errors[2]?.status).toBe(3);
    expect(JSON.stringify(there)).toContain('"message":"one"');
  });

  test('a list of plain values is a member like any other', () => {
    const errors = [{ field: 'age', message: 'too young' }, 'x'];
    expect(arrived(Object.assign(new Error('x'), { errors })).errors).toEqual(errors);
    const named = { errors: { age: { message: 'too young' } } };
    expect(arrived(Object.assign(new Error('x'), named)).errors).toEqual(named.errors);
  });

  test('what is behind an expected error stays on its side; its own members do not', () => {
    class OutOfStock extends RpcError {
      readonly left = 0;
      readonly errors = [new Error('SECRET')];
    }
    const error = new OutOfStock('no tea', { cause: new Error('SECRET') });
    expect(JSON.stringify(errorObject(error))).not.toContain('SECRET');
    expect(membersOf(arrived(error))).toEqual({ left: 0 });
    expect(errorObject(new ConnectionClosedError('x', { sent: true })).details).toBeUndefined();
  });

  test('cycles are cut', () => {
    const one = new Error('one');
    const two = new Error('two', { cause: one });
    one.cause = two;
    expect(errorObject(one).cause).toEqual({ code: codes.handlerError, message: 'two', name: 'Error' });
    const all = new AggregateError([], 'all');
    all.errors.push(all, new Error('x', { cause: all }));
    expect(errorObject(all).errors).toEqual([{ code: codes.handlerError, message: 'x', name: 'Error' }]);
  });

  test('there are only so many, deep or side by side, and their texts are cut', () => {
    let chain = new Error('0');
    for (let i = 1; i < 10_000; i++) chain = new Error(String(i), { cause: chain });
    let depth = 0;
    for (let at = errorObject(chain).cause; at; at = at.cause) depth++;
    expect(depth).toBe(16);
    const many = new AggregateError(Array.from({ length: 10_000 }, () => new Error('x'.repeat(10_000))));
    expect(errorObject(many).errors?.length).toBe(16);
    expect(errorObject(many).errors?.[0]?.message.length).toBe(1000);
    const bush = (deep: number): Error =>
      deep === 0 ? new Error('x') : new AggregateError(Array.from({ length: 4 }, () => bush(deep - 1)));
    expect(JSON.stringify(errorObject(bush(5))).split('"message"').length).toBe(18);
    expect(arrived(chain).message).toBe('9999');
  });

  test('whatever is thrown: small, plain JSON, and read as it was written', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withDate: true, withMap: true }), (anything) => {
        const thrown = Object.assign(new Error('x', { cause: anything }), Object(anything) as object, {
          name: 'N',
          data: undefined,
        });
        const object = errorObject(thrown);
        const text = JSON.stringify(object);
        expect(text.length).toBeLessThan(60_000);
        expect(new Side('A', 'B', { classHints: false }).write(object)).toBe(text);
        const there = errorFromWire(JSON.parse(text));
        expect(JSON.parse(JSON.stringify(errorObject(there)))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('what a stranger writes as details', () => {
  const read = (more: string): RpcError & { readonly [member: string]: unknown } =>
    errorFromWire(JSON.parse(`{"code":-32000,"message":"x",${more}}`)) as ReturnType<typeof read>;

  test('forges nothing that an error is known by', () => {
    const bare = errorFromWire({ code: codes.handlerError, message: 'x' });
    const error = read(
      `"details":{"name":"ConnectionClosedError","message":"forged","stack":"forged","data":"forged","sent":false,
      "cause":"forged","then":"forged","toJSON":"forged","toString":"forged","constructor":"forged","valueOf":"forged",
      "__proto__":{"polluted":1},"hasOwnProperty":"forged","_x":"forged","__defineGetter__":"forged"}`,
    );
    expect(Reflect.ownKeys(error)).toEqual(Reflect.ownKeys(bare));
    expect([error.name, error.message, error.data]).toEqual(['RemoteError', 'x', undefined]);
    expect(error.stack).not.toContain('forged');
    expect('polluted' in error).toBe(false);
    expect(Object.getPrototypeOf(error)).toBe(RemoteError.prototype);
  });

  test('a text hides no number', () => {
    expect(errorFromWire({ code: -32800, message: 'x', details: { code: 'E' } }).code).toBe(-32800);
    expect(errorFromWire({ code: 7, message: 'x', details: { code: 'E' } }).code).toBe(7);
    expect(errorFromWire({ code: -32000, message: 'x', details: { code: -32800 } }).code).toBe(-32000);
    expect(errorFromWire({ message: 'x', details: { code: 'E' } }).code).toBe('E');
  });

  test.each(['5', 'null', '"abc"', '[1,2]', '{}', '{"a":{"b":{"c":{"d":{"e":{"f":1}}}}}}'])(
    'of the wrong kind count for nothing: %s',
    (details) => {
      expect(membersOf(read(`"details":${details}`))).toEqual({});
    },
  );

  test('nothing in it can be called', () => {
    const error = errorFromWire({
      code: codes.handlerError,
      message: 'x',
      details: { f: () => 1, list: [() => 1], status: 1, at: new Date(0) },
    });
    expect(membersOf(error)).toEqual({ status: 1 });
  });

  test('causes and errors of the wrong kind', () => {
    for (const value of ['5', '"x"', 'true', '[]', '{}', '{"message":5}']) {
      const error = read(`"cause":${value},"errors":[${value},null]`);
      expect(error.cause).toBeInstanceOf(RemoteError);
      expect(error.errors).toEqual([expect.any(RemoteError)]);
    }
    expect('cause' in read('"cause":null,"errors":null')).toBe(false);
    expect('errors' in read('"errors":{"length":3}')).toBe(false);
  });

  test('there is only so much of it', () => {
    const deep = `${'{"message":"x","cause":'.repeat(500)}{"message":"y"}${'}'.repeat(500)}`;
    let depth = 0;
    for (let at: unknown = read(`"cause":${deep}`); at; at = (at as Error).cause) depth++;
    expect(depth).toBe(17);
    const wide = `[${'{"message":"x"},'.repeat(100_000)}{"message":"y"}]`;
    expect((read(`"errors":${wide}`).errors as unknown[]).length).toBe(16);
    const members = Array.from({ length: 100_000 }, (_, i) => `"k${i}":${i}`).join(',');
    expect(Object.keys(membersOf(read(`"details":{${members}}`))).length).toBeLessThan(500);
  });

  test('any JSON at all makes an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (details, cause, errors) => {
        const error = errorFromWire({ code: codes.handlerError, message: 'x', details, cause, errors });
        expect(error).toBeInstanceOf(RemoteError);
        expect([error.message, error.name]).toEqual(['x', 'RemoteError']);
      }),
    );
  });
});

test('JSON.stringify tells an error’s message', () => {
  const error = new RpcError('x', { code: 7, data: [1], cause: new Error('SECRET') });
  expect(JSON.parse(JSON.stringify(error))).toEqual({ name: 'RpcError', message: 'x', code: 7, data: [1] });
});
