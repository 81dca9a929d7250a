import { until } from '@bjsonrpc/duplex-suite';
import { InternalError, type Peer, RpcError } from '@bjsonrpc/peer';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../../../test/scenarios/session.ts';
import { transports } from '../../../../test/scenarios/transports.ts';

/** Objects get this member on purpose here. */
const THEN = 'then';

const memory = transports[0] as (typeof transports)[number];

function thrower(what: string): () => never {
  return () => {
    throw new Error(what);
  };
}

function withGetter(name: string): Error {
  return Object.defineProperty(new Error('as told'), name, { get: thrower(`the getter of ${name}`) });
}

/** What a handler may do that no handler should. Each has to be answered once. */
const outcomes: { readonly [name: string]: () => unknown } = {
  'throws undefined': () => raise(undefined),
  'throws null': () => raise(null),
  'throws a text': () => raise('just text'),
  'throws a symbol': () => raise(Symbol('s')),
  'throws an object without prototype': () => raise(Object.create(null)),
  'throws an object whose toString throws': () => raise({ toString: thrower('toString') }),
  'throws a frozen error': () => raise(Object.freeze(new Error('frozen'))),
  'throws an error with a throwing message': () => raise(withGetter('message')),
  'throws an error with a throwing name': () => raise(withGetter('name')),
  'throws an error with a throwing code': () => raise(withGetter('code')),
  'throws an error with throwing data': () => raise(withGetter('data')),
  'throws an error with a number for a message': () =>
    raise(Object.assign(new Error('x'), { message: 5, data: Symbol('d') })),
  'throws an error with data that cannot be sent': () =>
    raise(Object.assign(new Error('x'), { data: Symbol('d') })),
  'throws a revoked proxy': () => {
    raise(revoked());
  },
  'returns a symbol': () => Symbol('s'),
  'returns a cycle': () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    return cycle;
  },
  'returns an object with a throwing getter': () => ({
    ok: 1,
    get bad(): never {
      return thrower('the getter')();
    },
  }),
  'returns an object with a throwing then': () => ({
    get [THEN](): never {
      return thrower('then')();
    },
  }),
  'returns a thenable that throws': () => ({ [THEN]: thrower('then') }),
  'returns a thenable that settles twice': () => ({
    [THEN]: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => {
      resolve(1);
      reject(new Error('too late'));
      resolve(2);
    },
  }),
  'returns an iterable that cannot be iterated': () => ({ [Symbol.asyncIterator]: thrower('the iterator') }),
  'returns an iterator whose next is missing': () => ({ [Symbol.asyncIterator]: () => ({}) }),
  'returns a locked stream': () => {
    const stream = new ReadableStream();
    stream.getReader();
    return stream;
  },
  'returns an iterable whose iterator throws a revoked proxy': () => ({
    [Symbol.asyncIterator]: () => raise(revoked()),
  }),
  'returns an iterable whose items throw revoked proxies': () => ({
    [Symbol.asyncIterator]: () => ({ next: () => raise(revoked()), return: () => raise(revoked()) }),
  }),
  'returns an object whose getter throws a revoked proxy': () => ({
    get bad(): never {
      return raise(revoked());
    },
  }),
  'returns a thenable that rejects with a revoked proxy': () => ({
    [THEN]: (_: unknown, reject: (error: unknown) => void) => reject(revoked()),
  }),
  'returns a revoked proxy': () => [revoked()],
  'returns a proxy that throws': () =>
    new Proxy(
      {},
      {
        get: (_, name) => (name === 'then' ? undefined : thrower('get')()),
        has: thrower('has'),
        getPrototypeOf: thrower('proto'),
      },
    ),
};

function raise(what: unknown): never {
  throw what;
}

function revoked(): Error {
  const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
  revoke();
  return proxy;
}

describe.each(['call', 'pipe'] as const)('%s', (kind) => {
  describe.each(['at once', 'later'] as const)('%s', (when) => {
    test.each(Object.entries(outcomes))('a handler that %s is answered exactly once', async (_, outcome) => {
      const api = {
        odd: when === 'at once' ? outcome : () => Promise.resolve().then(outcome),
        fine: () => 'still here',
      };
      const { client, server } = await openSession<unknown, unknown>(memory, { api });
      const peer = client as Peer;
      const request = kind === 'call' ? peer.call.odd?.() : peer.pipe.odd?.().next();
      const settled = await Promise.race([
        Promise.resolve(request).then(
          () => true,
          () => true,
        ),
        until('it never settles', () => false, 2000),
      ]);
      expect(settled).toBe(true);
      expect(await peer.call.fine?.()).toBe('still here');
      await until('nothing runs', () => server.stats.running === 0, 2000);
      expect(client.stats.stray).toBe(0);
      expect(client.stats.pending).toBe(0);
    });
  });
});

test('what was thrown arrives as well as it can be told', async () => {
  const message = async (name: string): Promise<unknown> => {
    const { client } = await openSession<unknown, unknown>(memory, { api: { odd: outcomes[name] } });
    return (client as Peer).call.odd?.().catch((error: Error) => error.message);
  };
  expect(await message('throws undefined')).toBe('undefined');
  expect(await message('throws a text')).toBe('just text');
  expect(await message('throws a symbol')).toBe('Symbol(s)');
  expect(await message('throws a frozen error')).toBe('frozen');
  expect(await message('throws an error with data that cannot be sent')).toBe('x');
  expect(await message('returns a symbol')).toBe('result: cannot send a symbol');
  expect(await message('returns a cycle')).toMatch('(maxDepth), or in a cycle');
});

test('masked, an unexpected error says nothing but an id, which its own side has too', async () => {
  const seen: unknown[] = [];
  const { client } = await openSession<unknown, unknown>(memory, {
    api: { odd: thrower('the password is swordfish') },
    serverOptions: { maskErrors: true, onError: (error, context) => seen.push(error, context) },
  });
  const error = await (client as Peer).call.odd?.().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InternalError);
  const { data, message } = error as InternalError;
  expect(message).toMatch(/^Internal error \w+$/);
  expect(seen).toMatchObject([
    { message: 'the password is swordfish' },
    { method: 'odd', errorId: (data as { errorId: string }).errorId },
  ]);
});

test('masked, a revoked proxy is answered, too', async () => {
  const { client } = await openSession<unknown, unknown>(memory, {
    api: {
      odd: () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        throw proxy;
      },
    },
    serverOptions: { maskErrors: true },
  });
  await expect((client as Peer).call.odd?.()).rejects.toThrow(/^Internal error \w+$/);
});

test('masked, what a third peer said stays here, and what the handler says itself is told', async () => {
  const third = await openSession<{ fail(): void }, unknown>(memory, {
    api: { fail: thrower('the password is swordfish') },
  });
  const { client } = await openSession<unknown, unknown>(memory, {
    api: {
      pass: () => third.client.call.fail(),
      tell: () => {
        throw new RpcError('out of tea');
      },
    },
    serverOptions: { maskErrors: true },
  });
  const { call } = client as Peer;
  await expect(call.pass?.()).rejects.toThrow(/^Internal error \w+$/);
  await expect(call.tell?.()).rejects.toThrow(/^out of tea$/);
});

test('what throws a revoked proxy while it is written fails its call, a notification at once, and gives back what was sent with it', async () => {
  const { client } = await openSession<unknown, unknown>(memory, { api: { take: () => 1 } });
  const peer = client as Peer;
  const odd = [
    () => {},
    {
      get bad(): never {
        return raise(revoked());
      },
    },
  ];
  const outcome = await peer.call.take?.(odd).then(
    () => 'fulfilled',
    () => 'rejected',
  );
  expect(outcome).toBe('rejected');
  let isThrown = false;
  try {
    peer.notify.take?.(odd);
  } catch {
    isThrown = true;
  }
  expect(isThrown).toBe(true);
  expect(client.stats).toMatchObject({ exported: 0, pending: 0 });
  const request = peer.method.take?.(1);
  request?.cancel(revoked());
  await expect(request?.value).rejects.toThrow('The call was cancelled');
  expect(await peer.call.take?.(1)).toBe(1);
});

test('a getter that sends messages of its own while one is written: each gives back what is its own', async () => {
  const { client, server, emptied } = await openSession<unknown, unknown>(memory, { api: { take: () => 1 } });
  const peer = client as Peer;
  const inner: unknown[] = [];
  const sending = (last: () => unknown): unknown[] => [
    () => 'before',
    {
      get one(): number {
        peer.notify.take?.(() => 'within');
        inner.push(peer.call.take?.([() => 'within', Symbol('unsendable')]).catch(() => 'failed'));
        return 1;
      },
    },
    () => 'behind',
    {
      get two(): unknown {
        return last();
      },
    },
  ];
  await expect(peer.call.take?.(sending(thrower('the last one')))).rejects.toThrow('the last one');
  expect(await peer.call.take?.(sending(() => 2))).toBe(1);
  expect(await Promise.all(inner)).toEqual(['failed', 'failed']);
  await emptied();
  expect(server.stats.refused).toBe(0);
});

test('a request settles once: what an interceptor makes of it after it was cancelled changes nothing', async () => {
  let finish = (_: unknown): void => {};
  const late = new Promise((resolve) => {
    finish = resolve;
  });
  const { client } = await openSession<unknown, unknown>(memory, {
    api: {},
    clientOptions: { outgoing: [(call, next) => (call.method === 'late' ? late : next(call))] },
  });
  const request = (client as Peer).method.late?.();
  request?.cancel(new Error('enough'));
  finish('too late');
  await late;
  await Promise.resolve();
  expect(request?.hasResponse).toBe(true);
  await expect(request?.value).rejects.toThrow('The call was cancelled');
});
