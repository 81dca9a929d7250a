import { CancelledError, currentCall, type Dialect, jsonrpc2, lsp, RemoteError } from '@bjsonrpc/peer';
import { describe, expect, test } from 'vitest';
import { rawFarSide } from '../raw-far-side.ts';

/** Messages as other implementations write them, where they differ from one another. */

const methods = {
  'text/args': (...args: unknown[]) => ({ args }),
  'text/wait': () => {
    const { signal } = currentCall();
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  },
};

const asked: readonly [who: string, Dialect, request: string, answer: string][] = [
  [
    'StreamJsonRpc: arguments as a list, a trace beside them',
    lsp,
    '{"jsonrpc":"2.0","id":2,"method":"text/args","params":[1,"a"],"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}',
    '{"jsonrpc":"2.0","id":2,"result":{"args":[1,"a"]}}',
  ],
  [
    'StreamJsonRpc: no arguments are an empty list',
    lsp,
    '{"jsonrpc":"2.0","id":3,"method":"text/args","params":[]}',
    '{"jsonrpc":"2.0","id":3,"result":{"args":[]}}',
  ],
  [
    'eglot: no parameters are null',
    lsp,
    '{"jsonrpc":"2.0","id":4,"method":"text/args","params":null}',
    '{"jsonrpc":"2.0","id":4,"result":{"args":[]}}',
  ],
  [
    'pygls: a UUID for an id, in whatever order',
    lsp,
    '{"params": {"a": 1}, "id": "d3b0c9a4-6f2f-4c55-8f3b-0a3d8f6c7b11", "method": "text/args", "jsonrpc": "2.0"}',
    '{"jsonrpc":"2.0","id":"d3b0c9a4-6f2f-4c55-8f3b-0a3d8f6c7b11","result":{"args":[{"a":1}]}}',
  ],
  [
    'clocks for ids: more digits than a double has',
    lsp,
    '{"jsonrpc":"2.0","id":1764137722123456789,"method":"text/args"}',
    '{"jsonrpc":"2.0","id":1764137722123456789,"result":{"args":[]}}',
  ],
  [
    'members of the original and of our extensions mean nothing',
    jsonrpc2,
    '{"jsonrpc":"2.0","id":5,"method":"text/args","params":[1],"kwparams":{"a":1},"stream":1,"timeout":0,"progress":true,"auth":"x"}',
    '{"jsonrpc":"2.0","id":5,"result":{"args":[1]}}',
  ],
  [
    'no member jsonrpc',
    jsonrpc2,
    '{"id":6,"method":"text/args","params":{"a":1},"sessionId":"s"}',
    '{"jsonrpc":"2.0","id":6,"result":{"args":[{"a":1}]}}',
  ],
];

test.each(asked)('asked: %s', async (_, dialect, request, answer) => {
  const far = rawFarSide(methods, { dialect });
  expect(await far.ask(request)).toBe(answer);
  expect(far.peer.stats.invalid).toBe(0);
});

describe('answered', () => {
  const data = { type: 'System.Exception', message: 'm', stack: 'at', code: -2146233088 };
  test.each([
    ['a null beside the result', '"result":5,"error":null', 5],
    ['members that are not of the specification', '"result":5,"sessionId":"s","meta":{}', 5],
    ['an id with a fraction of nothing', '"result":5', 5],
    ['no member jsonrpc', '"result":null', null],
  ])('%s', async (what, members, expected) => {
    const far = rawFarSide(undefined, { dialect: jsonrpc2, dialled: true });
    const call = far.peer.call.any?.();
    const id = what.includes('fraction') ? '1.0' : '1';
    far.write(what.startsWith('no') ? `{"id":${id},${members}}` : `{"jsonrpc":"2.0","id":${id},${members}}`);
    expect(await call).toBe(expected);
  });

  test.each([
    ['StreamJsonRpc', { code: -32000, message: 'm', data }, { code: -32000, message: 'm', data }],
    ['content modified', { code: -32801, message: 'm' }, { code: -32801 }],
    ['server cancelled', { code: -32802, message: 'm', data: {} }, { code: -32802, data: {} }],
    ['json-rpc-2.0: code 0', { code: 0, message: 'm' }, { code: 0, message: 'm' }],
    ['no code', { message: 'm' }, { code: -32000, message: 'm' }],
    ['a text for an error', 'm', { code: -32000, message: 'm' }],
  ])('by an error: %s', async (_, error, expected) => {
    const far = rawFarSide(undefined, { dialect: lsp, dialled: true });
    const failed = far.peer.method.any?.().value.catch((reason: unknown) => reason);
    far.write(JSON.stringify({ jsonrpc: '2.0', id: 1, error }));
    expect(await failed).toBeInstanceOf(RemoteError);
    expect(await failed).toMatchObject(expected);
  });

  test('by -32800: it is a cancelled call, whoever cancelled it', async () => {
    const far = rawFarSide(undefined, { dialect: lsp, dialled: true });
    const failed = far.peer.method.any?.().value.catch((reason: unknown) => reason);
    far.write('{"jsonrpc":"2.0","id":1,"error":{"code":-32800,"message":"canceled"}}');
    expect(await failed).toBeInstanceOf(CancelledError);
  });
});

test('told: a subscription of an Ethereum node', async () => {
  const heard: unknown[] = [];
  const far = rawFarSide({ eth_subscription: (event: unknown) => heard.push(event) }, { dialect: jsonrpc2 });
  const params = { subscription: '0x1', result: { number: '0x2' } };
  far.write(JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params }));
  await expect.poll(() => heard).toEqual([params]);
});

test('a trace beside a request does not change how it is cancelled', async () => {
  const far = rawFarSide(methods, { dialect: lsp });
  far.write('{"jsonrpc":"2.0","id":9,"method":"text/wait","params":[],"traceparent":"x","tracestate":"y"}');
  far.write('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":9}}');
  expect(JSON.parse(await far.next())).toMatchObject({ id: 9, error: { code: -32800 } });
});
