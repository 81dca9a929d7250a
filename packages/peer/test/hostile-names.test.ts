import { isDeepStrictEqual } from 'node:util';
import { connect, createServer, Handler, type Peer, type RemoteObject } from '@bjsonrpc/peer';
import { Codec, decodeValue } from '@bjsonrpc/protocol';
import { memory } from '@bjsonrpc/transport-memory';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { rawFarSide } from './raw-far-side.ts';

const names = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'toLocaleString', 'valueOf', 'hasOwnProperty'],
  ...[
    'isPrototypeOf',
    'propertyIsEnumerable',
    'then',
    'catch',
    'toJSON',
    '__defineGetter__',
    '__lookupGetter__',
  ],
  ...[
    'call',
    'apply',
    'bind',
    'length',
    'name',
    'arguments',
    'caller',
    '',
    '.',
    '..',
    '__delete__',
    '__call__',
  ],
];

class Item extends Handler {
  id(): string {
    return 'item';
  }
}
class Api extends Handler {
  echo(...values: unknown[]): unknown {
    return values[0];
  }
  named(options: unknown): unknown {
    return options;
  }
  item(): Item {
    return new Item();
  }
  use(item: RemoteObject<Item>): Promise<unknown> {
    return item.call.id();
  }
}

let before: string;
const globals = (): string =>
  JSON.stringify(
    [Object.prototype, Function.prototype, Array.prototype, Map.prototype, Handler.prototype].map(
      (prototype) => Object.getOwnPropertyNames(prototype),
    ),
  );
beforeEach(() => {
  before = globals();
});
afterEach(() => {
  expect(globals()).toBe(before); // nothing has been polluted
});

/** For any owner of methods. */
const owners: readonly [string, () => object][] = [
  ['a Handler', () => new Api()],
  ['a plain object', () => ({ echo: (value: unknown) => value, inner: { echo: (value: unknown) => value } })],
  ['a Map', () => new Map([['echo', (value: unknown) => value]])],
];

describe.each(owners)('names that every object has are nothing to %s', (_, owner) => {
  test.each(names)('as a method: %j', async (name) => {
    const far = rawFarSide(owner());
    for (const method of [name, `inner.${name}`, `echo.${name}`, `${name}.${name}`, `${name}.echo.${name}`]) {
      if (method.endsWith('.__delete__')) continue; // a release, which always succeeds
      const answer = JSON.parse(await far.ask(JSON.stringify({ params: ['x'], method, id: name })));
      expect(answer).toEqual({ id: name, result: null, error: `Unknown method '${method}'` });
      far.write(JSON.stringify({ params: ['x'], method }));
    }
    expect(await far.call('echo', 1)).toBe(1); // and the notifications have done no harm
    expect(far.peer.stats).toMatchObject({ running: 0, exported: 0, imported: 0, invalid: 0 });
  });
});

describe('names that every object has name no object', () => {
  test.each(names.filter((name) => !name.includes('.')))('%j', async (name) => {
    const far = rawFarSide(new Api());
    const ask = async (message: object): Promise<{ result: unknown; error: unknown }> =>
      JSON.parse(await far.ask(JSON.stringify({ ...message, id: 1 })));
    // Released, with an id: answered, and nothing happens.
    expect((await ask({ method: `${name}.__delete__` })).error).toBe(null);
    expect((await ask({ params: [1], method: `${name}.__delete__` })).error).toBe(null);
    for (const hint of ['__objectreference__', '__functionreference__']) {
      for (const value of [name, `${name}.${name}`, `${name}_0001`]) {
        const { result, error } = await ask({ params: [{ a: [{ [hint]: value }] }], method: 'echo' });
        expect(result).toBe(null);
        expect(error).toMatch(/^(Unknown (object|method)|Malformed)/);
      }
    }
    expect(far.peer.stats).toMatchObject({ running: 0, exported: 0, imported: 0 });
  });

  test.each(names.filter((name) => name !== ''))(
    'as the name of an object of the other side: %j',
    async (name) => {
      const far = rawFarSide(new Api());
      far.write(JSON.stringify({ params: [{ __remoteobject__: name }], method: 'use', id: 1 }));
      const asked = JSON.parse(await far.next()) as { method: string; id: number };
      expect(asked.method).toBe(`${name}.id`);
      const answer = await far.ask(JSON.stringify({ id: asked.id, result: 'theirs', error: null }));
      expect([answer, await far.next()].sort()).toEqual([
        '{"id":1,"result":"theirs","error":null}',
        JSON.stringify({ method: `${name}.__delete__` }),
      ]);
      expect(far.peer.stats).toMatchObject({ pending: 0, running: 0, imported: 0 });
    },
  );
});

describe('as keys they are data', () => {
  const hostile =
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"then":3,"toJSON":4}';
  test('of arguments and results', async () => {
    const far = rawFarSide(new Api());
    expect(await far.ask(`{"params":[${hostile}],"method":"echo","id":1}`)).toBe(
      `{"id":1,"result":${hostile},"error":null}`,
    );
  });

  test('of keyword arguments', async () => {
    const far = rawFarSide(new Api());
    for (const members of [`"params":${hostile}`, `"kwparams":${hostile}`]) {
      expect(await far.ask(`{${members},"method":"named","id":1}`)).toBe(
        `{"id":1,"result":${hostile},"error":null}`,
      );
    }
  });

  test('of a message: it has no members but its own', async () => {
    const far = rawFarSide(new Api());
    expect(await far.ask('{"__proto__":{"method":"echo","params":["x"]},"id":1}')).toBe(
      '{"id":1,"result":null,"error":"Unknown format"}',
    );
    expect(await far.ask('{"__proto__":{"id":5},"method":"echo","params":["x"],"id":2}')).toBe(
      '{"id":2,"result":"x","error":null}',
    );
  });

  test('of control messages', async () => {
    const far = rawFarSide(new Api());
    far.write(
      '{"method":"$/hello","params":[{"extensions":{"__proto__":[]},"__proto__":{"extensions":["errors"]}}]}',
    );
    for (const id of names) {
      far.write(JSON.stringify({ method: '$/cancelRequest', params: { id } }));
      far.write(JSON.stringify({ method: '$/credit', params: [id, 5] }));
    }
    far.write('{"method":"$/cancelRequest","params":{"__proto__":{"id":1}}}');
    expect(await far.ask('{"params":["x"],"method":"echo","id":1}')).toBe(
      '{"id":1,"result":"x","error":null}',
    );
  });
});

describe('what only looks like a reference', () => {
  const greeting =
    '{"method":"$/hello","params":[{"version":1,"extensions":["pipelining","references"],"limits":{}}]}';

  test('to the answer of a running call: nobody waits for it', async () => {
    const far = rawFarSide({ never: () => new Promise(() => {}), echo: (value: unknown) => value });
    await far.ask(greeting);
    far.write('{"method":"never","id":4}');
    const data = '{"__literal__":{"__objectreference__":"#4","__functionreference__":"#4.x"}}';
    expect(await far.ask(`{"params":[${data}],"method":"echo","id":5}`)).toBe(
      `{"id":5,"result":${data},"error":null}`,
    );
    expect(await far.ask('{"params":["#4"],"method":"echo","id":6}')).toBe(
      '{"id":6,"result":"#4","error":null}',
    );
  });

  test('in a stray answer: nothing is given back', async () => {
    const far = rawFarSide(new Api());
    await far.ask(greeting);
    far.write('{"id":99,"result":{"__literal__":{"__remoteobject__":"x_0001"}},"error":null}');
    expect(await far.call('echo', 1)).toBe(1);
    far.write('{"id":99,"result":{"__literal__":{"a":{"__remoteobject__":"x_0002"}}},"error":null}');
    expect(await far.next()).toBe('{"params":[1],"method":"x_0002.__delete__"}');
    expect(far.peer.stats).toMatchObject({ stray: 2, imported: 0 });
  });
});

test('what nests too deep is answered under its id, and settles the call that it answers', async () => {
  const far = rawFarSide(new Api());
  const deep = '['.repeat(300) + ']'.repeat(300);
  expect(JSON.parse(await far.ask(`{"params":${deep},"method":"echo","id":"a"}`))).toMatchObject({
    id: 'a',
    error: expect.stringContaining('maxDepth'),
  });
  const pending = (far.peer as Peer<unknown>).call.x?.(1);
  const { id } = JSON.parse(await far.next()) as { id: number };
  far.write(`{"id":${id},"result":${deep},"error":null}`);
  await expect(pending).rejects.toThrow('maxDepth');
  expect(far.peer.stats.pending).toBe(0);
});

describe('ids are echoed, whatever they are', () => {
  const spelled = [
    ...names.map((name) => JSON.stringify(name)),
    ...[
      '1',
      '0',
      '-0',
      '1.0',
      '1e2',
      '1E+2',
      '12345678901234567890',
      '-1',
      '1e400',
      '0.10',
      'true',
      'false',
      '"1"',
    ],
  ];
  test('with a result, an error, a release, an invalid message', async () => {
    const far = rawFarSide(new Api());
    for (const id of spelled) {
      expect(await far.ask(`{"params":["x"],"method":"echo","id":${id}}`)).toBe(
        `{"id":${id},"result":"x","error":null}`,
      );
      expect(await far.ask(`{"id":${id},"method":"nope","params":[{"id":7}]}`)).toBe(
        `{"id":${id},"result":null,"error":"Unknown method 'nope'"}`,
      );
      expect(await far.ask(`{"id":${id},"method":"x.__delete__"}`)).toBe(
        `{"id":${id},"result":null,"error":null}`,
      );
    }
    for (const id of spelled.slice(0, 30)) {
      expect(await far.ask(`{"x":1, "id" : ${id}}`)).toBe(
        `{"id":${id},"result":null,"error":"Unknown format"}`,
      );
    }
  });

  test('in a batch', async () => {
    const far = rawFarSide(new Api());
    far.write(`[${spelled.map((id) => `{"method":"echo","id":${id},"params":[{"id":1.0}]}`)}]`);
    for (const id of spelled) expect(await far.next()).toBe(`{"id":${id},"result":{"id":1},"error":null}`);
  });

  test.each(['NaN', 'Infinity', '-Infinity', '[1]', '{}', `"${'x'.repeat(129)}"`, '1'.repeat(129)])(
    'but %s is refused, in JSON',
    async (id) => {
      const far = rawFarSide(new Api());
      const answer = JSON.parse(await far.ask(`{"params":["x"],"method":"echo","id":${id}}`));
      expect(answer).toMatchObject({ id: null, result: null, error: expect.stringMatching(/^An id/) });
      expect(await far.call('echo', 1)).toBe(1);
    },
  );
});

async function pair(options: { readonly extensions?: boolean } = {}): Promise<Peer<Api>> {
  const transport = memory();
  const server = await createServer(transport, () => new Api(), options);
  const peer = await connect<Api>(transport, options);
  onTestFinished(async () => {
    await peer.close();
    await server.close();
  });
  return peer;
}

describe('any value between two peers, with references in any place', () => {
  const hostileKey = fc.oneof(
    fc.string({ maxLength: 5 }),
    fc.constantFrom(
      ...names,
      '__remoteobject__',
      '__objectreference__',
      '__functionreference__',
      '__literal__',
    ),
    fc.constantFrom('__jsonclass__', 'callable', 'iterable', 'id', 'method'),
  );
  const own: readonly unknown[] = [new Item(), new Item(), () => 1, function named() {}];
  const json = [fc.constant(null), fc.boolean(), fc.integer(), fc.string({ unit: 'binary' })];
  const anything = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, ...json, fc.constantFrom(...own), tie('array'), tie('object')),
    array: fc.array(tie('value'), { maxLength: 4 }),
    object: fc
      .array(fc.tuple(hostileKey, tie('value')), { maxLength: 4 })
      // A function named then makes a promise of an object: see below.
      .map((entries) => entries.filter(([key, value]) => key !== 'then' || typeof value !== 'function'))
      .map((entries) => Object.fromEntries(entries)),
  })).value;

  test.each([true, false])('extensions: %s', async (extensions) => {
    const peer = await pair({ extensions });
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 3 }), async (values) => {
        const [first = null] = values;
        // What comes home is the very object that left.
        const back = await peer.call.echo(...values);
        expect(isDeepStrictEqual(back, first)).toBe(true);
        expect(objectsIn(back)).toEqual(objectsIn(first));
      }),
      { numRuns: 150 },
    );
    expect(peer.stats).toMatchObject({ pending: 0, running: 0, imported: 0, stray: 0, invalid: 0 });
  });

  /** Handlers and functions, in order. */
  function objectsIn(value: unknown): unknown[] {
    if (own.includes(value)) return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(objectsIn) : [];
  }

  test('a function named then neither leaves nor comes in: it would be called for the answer', async () => {
    const peer = await pair();
    await expect(peer.call.echo({ then: () => 1 })).rejects.toThrow(
      /params\[0\]\.then: cannot send a function named then/,
    );
    expect(await peer.call.echo({ then: 1 })).toEqual({ then: 1 });
    const context = {
      codec: new Codec(),
      maxDepth: 9,
      remoteObject: () => () => 1,
      localObject: () => 1,
      localFunction: () => 1,
    };
    const hostile = { result: { then: { __remoteobject__: 'function_0001', callable: true } } };
    expect(() => decodeValue(hostile, context)).toThrow('A member named then must not be a function');
  });

  test('far-away objects, functions and methods go home as themselves', async () => {
    const peer = await pair();
    const item = await peer.call.item();
    const echoed = (await peer.call.echo({ a: [item], m: new Map([[item, item]]) })) as {
      a: unknown[];
      m: Map<unknown, unknown>;
    };
    expect(echoed.a[0]).toBe(item);
    expect([...echoed.m]).toEqual([[item, item]]);
    item.close();
  });
});

describe('the proxies’ own names', () => {
  test('every name is a remote method, those that every object has, too', async () => {
    const far = rawFarSide(undefined, { dialled: true, extensions: false });
    const { call } = far.peer as Peer<unknown>;
    for (const name of [
      'constructor',
      'toString',
      'hasOwnProperty',
      '__proto__',
      'valueOf',
      'length',
      'name',
    ]) {
      const result = call[name]?.(1);
      const { method, id } = JSON.parse(await far.next()) as { method: string; id: number };
      expect(method).toBe(name);
      far.write(JSON.stringify({ id, result: name, error: null }));
      expect(await result).toBe(name);
    }
  });

  test('then and toJSON are none: proxies can be awaited, returned and printed', async () => {
    const far = rawFarSide(undefined, { dialled: true, extensions: false });
    const { call, method, notify, pipe } = far.peer as Peer<unknown>;
    for (const proxy of [call, method, notify, pipe]) {
      expect(await (async () => proxy)()).toBe(proxy);
      expect((proxy as { toJSON?: unknown }).toJSON).toBe(undefined);
      expect(JSON.stringify(proxy)).toBe('{}');
      expect(Object.keys(proxy)).toEqual([]);
    }
    const math = call.math;
    expect(await (async () => math)()).toBe(math);
    expect(far.sent).toEqual([]);
  });

  test('remote objects, too', async () => {
    const peer = await pair();
    const item = await peer.call.item();
    expect(await (async () => item)()).toBe(item);
    expect(await (async () => item.call)()).toBe(item.call);
    expect(JSON.stringify(item)).toBe('{}');
    item.close();
  });
});
