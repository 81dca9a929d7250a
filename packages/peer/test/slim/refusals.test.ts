import { ConnectionClosedError } from '@bjsonrpc/peer';
import { currentCall } from '@bjsonrpc/peer/slim';
import { expect, test } from 'vitest';
import { allExtensions } from '../extended/raw-peer.ts';
import { answered, dialSlim, dialUngreeted, failed, failureOf, objectHint, released } from './by-hand.ts';

const refusal = 'The other side does not speak references,streams,cancel,pipelining,errors';

test('an answer before a greeting ends the connection, and says why', async () => {
  const { peer, raw } = await dialUngreeted();
  const failures = [peer.call.f(), peer.call.f()].map(failureOf);
  raw.send({ method: 'hello', params: ['not a greeting'] }, answered(1, 1), answered(2, 2));
  for (const failure of failures) {
    const error = await failure;
    expect(error).toBeInstanceOf(ConnectionClosedError);
    expect(error).toMatchObject({ message: `The connection is closed: ${refusal}`, sent: true });
  }
  await peer.closed;
  expect((await failureOf(peer.call.f())).message).toBe(
    `The connection is closed: ${refusal}; the call was not sent`,
  );
});

test.each(['references', 'streams', 'cancel', 'pipelining', 'errors'])(
  'a greeting without %s ends the connection',
  async (lacking) => {
    const { peer, raw } = await dialUngreeted();
    const call = peer.call.f();
    raw.greet(allExtensions.filter((extension) => extension !== lacking));
    expect((await failureOf(call)).message).toContain(refusal);
  },
);

test('a greeting may lack what is not needed, and list what is not known', async () => {
  const { peer, raw } = await dialUngreeted();
  raw.greet(['telepathy', 'references', 'streams', 'cancel', 'pipelining', 'errors']);
  const call = peer.call.f();
  raw.send(answered(1, 'fine'));
  expect(await call).toBe('fine');
});

test.each([
  'null',
  '5',
  '[]',
  '[{}]',
  '[{"extensions":"references"}]',
  '[{"extensions":{"length":9}}]',
  '[null]',
  '{"extensions":[]}',
])('a greeting of %s is none', async (params) => {
  const { peer, raw } = await dialUngreeted();
  const call = peer.call.f();
  raw.send(`{"method":"$/hello","params":${params}}`, answered(1, 'too early'));
  expect((await failureOf(call)).message).toContain(refusal);
});

test.each(['"a lot"', '-1', '0', 'null', '{}', '[[]]'])(
  'a greeting whose maxMessageBytes is %s has no such limit',
  async (limit) => {
    const { peer, raw } = await dialUngreeted();
    await raw.next();
    raw.send(
      `{"method":"$/hello","params":[{"extensions":${JSON.stringify(allExtensions)},"limits":{"maxMessageBytes":${limit}}}]}`,
    );
    await raw.rest();
    const call = peer.call.f('x'.repeat(1000));
    raw.send(answered(1, 'fine'));
    expect(await call).toBe('fine');
  },
);

test.each([
  '',
  '{',
  'NaN',
  '{"id":1,"result":NaN}',
  'null',
  '5',
  '"text"',
  '[]',
  '[{"method":"f"}]',
  '{}',
  '{"id":1}',
  '{"method":5}',
  '{"method":null,"params":[]}',
  '{"__proto__":{"method":"f"}}',
  '{"id":1,"error":null}',
  '{"method":"f","id":{"a":1}}',
  '{"method":"f","id":[1]}',
  '{"id":[1],"result":1}',
])('%s ends the connection', async (text) => {
  const { peer, raw } = await dialSlim({ handler: { f: () => 1 } });
  const call = peer.call.f();
  raw.send(text, answered(1, 'never read'));
  expect((await failureOf(call)).message).toBe(`The connection is closed: Not a message: ${text}`);
  await peer.closed;
});

test('of a long text that is no message the error has the beginning', async () => {
  const { peer, raw } = await dialSlim();
  const call = peer.call.f();
  raw.send('x'.repeat(1_000_000));
  expect((await failureOf(call)).message.length).toBeLessThan(200);
});

test('an id deeper than any stack ends the connection, and nothing else', async () => {
  const { peer, raw } = await dialSlim();
  const call = peer.call.f();
  raw.send(`{"method":"$/ping","id":${'['.repeat(200_000)}${']'.repeat(200_000)}}`);
  expect((await failureOf(call)).message).toContain('Not a message');
});

test.each(['"7"', '""', '0', 'false', 'true', '1.5', '-1', '1e+21', '"__proto__"', `"${'x'.repeat(100)}"`])(
  'a request with the id %s is answered under it, and cancelled by it',
  async (id) => {
    const wait = (): Promise<never> => {
      const { signal } = currentCall();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const { raw } = await dialSlim({ handler: { wait, f: () => 1 } });
    expect(await raw.after(`{"method":"f","id":${id}}`)).toEqual([`{"id":${id},"result":1,"error":null}`]);
    expect(await raw.after(`{"method":"wait","id":${id}}`, `{"method":"f","id":${id}}`)).toEqual([
      failed(JSON.parse(id), { code: -32600, message: `${id} is running already` }),
    ]);
    expect(await raw.after(`{"method":"$/cancelRequest","params":{"id":${id}}}`)).toEqual([
      failed(JSON.parse(id), { code: -32800, message: 'Cancelled' }),
    ]);
  },
);

test('ids are compared with their type', async () => {
  const { peer, raw } = await dialSlim({ handler: { wait: () => new Promise(() => {}) } });
  expect(
    await raw.after(
      ...[1, '1', true, 'true', 0, false, ''].map((id) => ({ method: 'wait', id })),
      ...[8, '8', null].map((id) => ({ method: '$/cancelRequest', params: { id } })),
    ),
  ).toEqual([]);
  expect(peer.stats.running).toBe(7);
  const call = peer.call.f();
  expect(await raw.after({ id: '1', result: 'not this one', error: null })).toEqual([
    '{"method":"f","id":1}',
  ]);
  raw.send(answered(1, 'this one'));
  expect(await call).toBe('this one');
});

test('an id that is in use is refused, what came with it is given back, and the first call goes on', async () => {
  let finish = (_: string): void => {};
  const handler = {
    wait: () =>
      new Promise<string>((resolve) => {
        finish = resolve;
      }),
  };
  const { raw } = await dialSlim({ handler });
  expect(
    await raw.after({ method: 'wait', id: 1 }, { method: 'wait', params: [objectHint('box_0001')], id: 1 }),
  ).toEqual([
    released('box_0001'),
    '{"id":1,"result":null,"error":{"code":-32600,"message":"1 is running already"}}',
  ]);
  finish('done');
  expect(await raw.rest()).toEqual([answered(1, 'done')]);
});

test('control messages: unknown ones with an id are refused, all others that mean nothing do nothing', async () => {
  const { peer, raw } = await dialSlim({ handler: { wait: () => new Promise(() => {}) } });
  expect(
    await raw.after(
      { method: '$/nothing' },
      { method: '$/nothing', params: [objectHint('box_0001')] },
      { method: '$/credit', params: [1, 5] },
      { method: '$/' },
      { method: '$/nothing', id: 1 },
      { method: '$/describe', id: 'd' },
      { method: '$/ping' },
      { method: '$/ping', id: 0 },
    ),
  ).toEqual([
    `{"id":1,"result":null,"error":{"code":-32601,"message":"Unknown method '$/nothing'"}}`,
    `{"id":"d","result":null,"error":{"code":-32601,"message":"Unknown method '$/describe'"}}`,
    answered(0, null),
  ]);
  expect(
    await raw.after(
      { method: 'wait', id: 7 },
      ...['{"id":8}', '{"id":null}', '{"id":[7]}', '{}', '[7]', 'null', '7', '"7"', '{"id":"7"}'].map(
        (params) => `{"method":"$/cancelRequest","params":${params}}`,
      ),
      { method: '$/cancelRequest' },
    ),
  ).toEqual([]);
  expect(peer.stats.running).toBe(1);
});

test('after a goodbye of the other side no new calls leave, and what runs is answered', async () => {
  const { peer, raw } = await dialSlim({ handler: { f: () => 'served' } });
  const call = peer.call.f();
  await raw.next();
  expect(await raw.after({ method: '$/bye' })).toEqual([]);
  expect(await failureOf(peer.call.f())).toMatchObject({
    name: 'ConnectionClosedError',
    message: 'The other side takes no new calls',
    sent: false,
  });
  expect(await raw.after({ method: 'f', id: 1 }, answered(1, 'done'))).toEqual([answered(1, 'served')]);
  expect(await call).toBe('done');
});
