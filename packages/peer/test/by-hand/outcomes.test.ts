import { currentCall, Handler, InvalidParamsError, RpcError } from '@bjsonrpc/peer';
import { describe, expect, test } from 'vitest';
import { dialRaw } from './dial-raw.ts';
import { failureOf } from './failure-of.ts';
import { answered, failed, objectHint } from './wire-texts.ts';

/** Objects get this member on purpose here. */
const THEN = 'then';

function raise(what: unknown): never {
  throw what;
}
function withGetter(name: string): Error {
  return Object.defineProperty(new Error('as told'), name, { get: () => raise(new Error('the getter')) });
}
class Unexpected extends RangeError {
  override name = 'Unexpected';
}

describe.each([false, true])('thrown (in a promise: %s)', (isLater) => {
  test.each<[string, () => unknown, object]>([
    [
      'an RpcError',
      () => new RpcError('no', { code: 7, data: [1] }),
      { code: 7, message: 'no', name: 'RpcError', data: [1] },
    ],
    ['one of the library', () => new InvalidParamsError('no'), { code: -32602, message: 'no' }],
    ['an Error', () => new Unexpected('no'), { code: -32000, message: 'no', name: 'Unexpected' }],
    [
      'an Error with a code',
      () => Object.assign(new Error('no'), { code: 12 }),
      { code: 12, message: 'no', name: 'Error' },
    ],
    [
      'an Error with a text for a code',
      () => Object.assign(new Error('no'), { code: 'E' }),
      { code: -32000, message: 'no', name: 'Error', details: { code: 'E' } },
    ],
    ['a text', () => 'no', { code: -32000, message: 'no' }],
    ['undefined', () => undefined, { code: -32000, message: 'undefined' }],
    ['null', () => null, { code: -32000, message: 'null' }],
    ['a symbol', () => Symbol('s'), { code: -32000, message: 'Symbol(s)' }],
    [
      'what cannot be told',
      () => Object.create(null),
      { code: -32000, message: 'an error that cannot be told' },
    ],
    [
      'a throwing name',
      () => withGetter('name'),
      { code: -32000, message: 'as told', name: 'an error that cannot be told' },
    ],
    ['a throwing code', () => withGetter('code'), { code: -32000, message: 'as told', name: 'Error' }],
    ['throwing data', () => withGetter('data'), { code: -32000, message: 'as told', name: 'Error' }],
    [
      'data that cannot be sent',
      () => Object.assign(new Unexpected('no'), { data: Symbol('s') }),
      { code: -32000, message: 'no', name: 'Unexpected' },
    ],
    [
      'the same, with members that can',
      () =>
        Object.assign(new Unexpected('no', { cause: new Error('why') }), { data: Symbol('s'), status: 1 }),
      {
        code: -32000,
        message: 'no',
        name: 'Unexpected',
        details: { status: 1 },
        cause: { code: -32000, message: 'why', name: 'Error' },
      },
    ],
    [
      'a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
        revoke();
        return proxy;
      },
      { code: -32000, message: 'an error that cannot be told' },
    ],
  ])('%s', async (_, make, error) => {
    const f = isLater ? () => Promise.resolve().then(() => raise(make())) : () => raise(make());
    const { peer, raw } = await dialRaw({ handler: { f, g: () => 1 } });
    raw.send({ method: 'f', id: 1 });
    expect(JSON.parse(await raw.nextText())).toEqual({ id: 1, result: null, error });
    expect(await raw.after({ method: 'g', id: 1 })).toEqual([answered(1, 1)]);
    expect(peer.stats.running).toBe(0);
  });
});

test('data of an error may hold references, and a result that throws when it is read is an error', async () => {
  const { peer, raw } = await dialRaw({
    handler: {
      f: () => raise(new RpcError('no', { data: { retry: () => 'again' } })),
      getter: () => ({
        ok: 1,
        get bad() {
          return raise(new RangeError('the getter'));
        },
      }),
      thenable: () => ({ [THEN]: () => raise(new RangeError('then')) }),
      twice: () => ({
        [THEN]: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => {
          resolve(1);
          reject(2);
          resolve(3);
        },
      }),
    },
  });
  expect(await raw.after({ method: 'f', id: 1 })).toEqual([
    failed(1, {
      code: -32000,
      message: 'no',
      name: 'RpcError',
      data: { retry: { __remoteobject__: 'function_0001', callable: true } },
    }),
  ]);
  expect(
    await raw.after({ method: 'function_0001.__call__', id: 2 }, { method: 'function_0001.__delete__' }),
  ).toEqual([answered(2, 'again')]);
  expect(peer.stats.exported).toBe(0);
  const texts = await raw.after(...['getter', 'thenable', 'twice'].map((method, id) => ({ method, id })));
  await expect.poll(() => peer.stats.running).toBe(0);
  const all = [...texts, ...(await raw.rest())]
    .map((text) => JSON.parse(text) as { id: number })
    .sort((a, b) => a.id - b.id);
  expect(all).toMatchObject([
    { id: 0, error: { message: 'the getter', name: 'RangeError' } },
    { id: 1, error: { message: 'then' } },
    { id: 2, result: 1 },
  ]);
});

test('a cancelled call that gives up is answered as cancelled, any other as it ends', async () => {
  const until = (end: (reason: unknown) => unknown): Promise<unknown> => {
    const { signal } = currentCall();
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        try {
          resolve(end(signal.reason));
        } catch (error) {
          reject(error);
        }
      });
    });
  };
  const { raw } = await dialRaw({
    handler: {
      rethrows: () => until(raise),
      aborts: () => until(() => raise(new DOMException('left', 'AbortError'))),
      fails: () => until(() => raise(new RangeError('on its own'))),
      strange: () => until(() => raise(withGetter('name'))),
      finishes: () => until(() => 'done'),
    },
  });
  const methods = ['rethrows', 'aborts', 'fails', 'strange', 'finishes'];
  await raw.after(...methods.map((method, id) => ({ method, id })));
  await raw.after(...methods.map((_, id) => ({ method: '$/cancelRequest', params: { id } })));
  await raw.rest();
  const answers = raw.received
    .slice(-8)
    .filter((text) => !text.includes('question'))
    .map((text) => JSON.parse(text) as object);
  expect(answers).toMatchObject([
    { id: 0, error: { code: -32800, message: 'The caller cancelled' } },
    { id: 1, error: { code: -32800, message: 'The caller cancelled' } },
    { id: 2, error: { code: -32000, message: 'on its own' } },
    { id: 3, error: { code: -32000, message: 'as told' } },
    { id: 4, result: 'done' },
  ]);
});

test('a method that is piped gives one item and the end; a stream of odd credit is an ordinary call', async () => {
  const { raw } = await dialRaw({ handler: { f: () => 5, bad: () => raise('no') } });
  expect(await raw.after({ method: 'f', id: 1, stream: 64 }, { method: 'bad', id: 2, stream: 0 })).toEqual([
    '{"id":1,"result":5,"error":null,"more":true}',
    '{"id":1,"result":null,"error":null,"more":false}',
    failed(2, { code: -32000, message: 'no' }),
  ]);
  expect(await raw.after({ method: 'f', stream: 64 })).toEqual([]);
  const odd = [null, -1, 0.5, '64', true, [], {}];
  expect(await raw.after(...odd.map((stream, id) => ({ method: 'f', id, stream })))).toEqual(
    odd.map((_, id) => answered(id, 5)),
  );
});

test('an answer that builds on a call of this side waits for it, and fails with it', async () => {
  const { peer, raw } = await dialRaw({
    handler: { f: () => [peerOf().call.f('box')], piped: () => [peerOf().call.f('box')] },
  });
  function peerOf(): typeof peer {
    return peer;
  }
  expect(
    await raw.after({ method: 'f', id: 1 }, { method: 'f', id: 2 }, { method: 'piped', id: 3, stream: 1 }),
  ).toHaveLength(3);
  expect(peer.stats.running).toBe(3);
  await raw.after(
    answered(1, objectHint('box_0001')),
    failed(2, { code: 5, message: 'no' }),
    answered(3, objectHint('box_0001')),
  );
  await expect.poll(() => peer.stats.running).toBe(0);
  const texts = raw.received.filter((text) => /"id":[123],"result"/.test(text));
  expect(texts).toEqual(
    expect.arrayContaining([
      answered(1, [{ __objectreference__: 'box_0001' }]),
      failed(2, { code: 5, message: 'no', name: 'RemoteError' }).replace(',"name":"RemoteError"', ''),
      '{"id":3,"result":[{"__objectreference__":"box_0001"}],"error":null,"more":true}',
      '{"id":3,"result":null,"error":null,"more":false}',
    ]),
  );
});

test('what nobody can be told goes to onError', async () => {
  const errors: [unknown, unknown][] = [];
  class Broken extends Handler {
    protected override onClose(): void {
      raise('onClose');
    }
  }
  const handler = {
    f: () => raise('in a notification'),
    later: async () => raise('later'),
    get: () => new Broken(),
  };
  const { peer, raw } = await dialRaw({
    handler,
    onError: (error, context) => errors.push([error, context]),
  });
  await raw.after({ method: 'f' }, { method: 'later' }, { method: 'nothing', id: null });
  await raw.after({ method: 'get', id: 1 }, { method: 'broken_0001.__delete__' });
  const failing = failureOf(peer.call.f());
  const promise = peer.call.f();
  peer.notify.f([promise.method.item]);
  await raw.after(failed(2, 'no'), failed(3, { code: 5, message: 'no such box' }));
  await failing;
  expect(errors).toMatchObject([
    ['in a notification', { method: 'f' }],
    [{ code: -32601 }, { method: 'nothing' }],
    ['later', { method: 'later' }],
    ['onClose', {}],
    [{ message: 'no such box' }, {}],
  ]);
});

test('what onError itself throws goes nowhere', async () => {
  const errors: unknown[] = [];
  const handler = { f: () => raise('in a notification'), later: async () => raise('later') };
  const { raw } = await dialRaw({
    handler,
    onError: (error) => {
      errors.push(error);
      raise('in onError');
    },
  });
  await raw.after({ method: 'f' }, { method: 'later' });
  await raw.rest();
  expect(errors).toEqual(['in a notification', 'later']);
});
