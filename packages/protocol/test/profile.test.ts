import { bjsonrpc, type RequestExtras, RpcError } from '@bjsonrpc/protocol';
import { describe, expect, test } from 'vitest';

interface Row {
  readonly name: string;
  readonly message: { readonly [member: string]: unknown };
  readonly text: string;
  readonly extras?: RequestExtras;
}

/** Section 1: the members' order is that of release 0.2.1; there are no blanks; absent members are left out. */
const requests: readonly Row[] = [
  {
    name: 'positional arguments',
    message: { params: ['hello world'], method: 'echo', id: 2 },
    text: '{"params":["hello world"],"method":"echo","id":2}',
  },
  { name: 'no arguments', message: { method: 'mewList', id: 3 }, text: '{"method":"mewList","id":3}' },
  {
    name: 'an object’s method',
    message: { params: [1], method: 'mylist_0001.add', id: 5 },
    text: '{"params":[1],"method":"mylist_0001.add","id":5}',
  },
  {
    name: 'keyword arguments alone are the params',
    message: { params: { a: 1 }, method: 'getabc', id: 6 },
    text: '{"params":{"a":1},"method":"getabc","id":6}',
  },
  {
    name: 'both',
    message: { kwparams: { c: 3 }, params: [1, 2], method: 'getabc', id: 7 },
    text: '{"kwparams":{"c":3},"params":[1,2],"method":"getabc","id":7}',
  },
  {
    name: 'text beyond ASCII, quotes and backslashes',
    message: { params: ['é "\\ 😀'], method: 'écho', id: 8 },
    text: '{"params":["é \\"\\\\ 😀"],"method":"écho","id":8}',
  },
  {
    name: 'a pipe',
    message: { params: [5], method: 'tick', id: 9, stream: 64 },
    text: '{"params":[5],"method":"tick","id":9,"stream":64}',
    extras: { stream: 64 },
  },
  {
    name: 'a deadline and a trace',
    message: { method: 'm', id: 10, timeout: 5000, traceparent: '00-a-b-01', tracestate: 'x=y' },
    text: '{"method":"m","id":10,"timeout":5000,"traceparent":"00-a-b-01","tracestate":"x=y"}',
    extras: { timeout: 5000, traceparent: '00-a-b-01', tracestate: 'x=y' },
  },
  {
    name: 'extras that say nothing',
    message: { method: 'm', id: 11 },
    text: '{"method":"m","id":11}',
    extras: { stream: undefined, timeout: undefined },
  },
];

const parts = ({ method, params, kwparams }: Row['message']) => {
  const text = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
  // As the library gives them: what is positional, and what is by name.
  const named = kwparams ?? (Array.isArray(params) ? undefined : params);
  return {
    method: JSON.stringify(method),
    params: Array.isArray(params) ? text(params) : undefined,
    kwparams: text(named),
  };
};

describe('requests and notifications', () => {
  test.each(requests)('$name', ({ message, text, extras }) => {
    const { id } = message as { id: number };
    expect(bjsonrpc.request(id, parts(message), extras)).toBe(text);
    expect(JSON.parse(text)).toStrictEqual(message);
    if (extras) return;
    const { id: _, ...notification } = message;
    expect(bjsonrpc.notification(parts(message))).toBe(text.replace(`,"id":${id}`, ''));
    expect(JSON.parse(bjsonrpc.notification(parts(message)))).toStrictEqual(notification);
  });
});

describe('answers: always all three members', () => {
  const rows: readonly [name: string, written: string, text: string][] = [
    ['a result', bjsonrpc.result('2', '"hello world"'), '{"id":2,"result":"hello world","error":null}'],
    ['nothing', bjsonrpc.result('5', 'null'), '{"id":5,"result":null,"error":null}'],
    [
      'an object',
      bjsonrpc.result('4', '{"__remoteobject__":"mylist_0001"}'),
      '{"id":4,"result":{"__remoteobject__":"mylist_0001"},"error":null}',
    ],
    ['an id as it was spelled', bjsonrpc.result('1.0e2', '1'), '{"id":1.0e2,"result":1,"error":null}'],
    ['an id that is a text', bjsonrpc.result('"a"', '1'), '{"id":"a","result":1,"error":null}'],
    [
      'an error',
      bjsonrpc.failure('3', '"Unknown method \'mewList\'"'),
      '{"id":3,"result":null,"error":"Unknown method \'mewList\'"}',
    ],
    [
      'to nobody in particular',
      bjsonrpc.failure('null', '"Parse error"'),
      '{"id":null,"result":null,"error":"Parse error"}',
    ],
    ['an item of a stream', bjsonrpc.item('6', '1', true), '{"id":6,"result":1,"error":null,"more":true}'],
    ['the end of one', bjsonrpc.item('6', 'null', false), '{"id":6,"result":null,"error":null,"more":false}'],
  ];
  test.each(rows)('%s', (_, written, text) => {
    expect(written).toBe(text);
    expect(Object.keys(JSON.parse(written)).slice(0, 3)).toEqual(['id', 'result', 'error']);
  });

  test('errors are texts to plain peers, and objects to those that greeted', () => {
    const error = new RpcError('no', { code: 7, data: [1] });
    expect(bjsonrpc.error(error, false)).toBe('no');
    expect(bjsonrpc.error(new TypeError('x'), false)).toBe('TypeError: x');
    expect(bjsonrpc.error(error, true)).toEqual({ code: 7, name: 'RpcError', message: 'no', data: [1] });
  });
});
