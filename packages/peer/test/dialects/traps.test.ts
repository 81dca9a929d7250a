import { setTimeout as pause } from 'node:timers/promises';
import {
  acp,
  CancelledError,
  currentCall,
  Handler,
  InvalidRequestError,
  jsonrpc2,
  kw,
  LimitExceededError,
  lsp,
  mcp,
  Peer,
  RemoteError,
  RpcError,
  UnknownObjectError,
} from '@bjsonrpc/peer';
import { describe, expect, test } from 'vitest';
import { rawFarSide } from '../raw-far-side.ts';
import { bareDuplex } from './bare-duplex.ts';

const request = (id: unknown, method: string, params?: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });
const notification = (method: string, params?: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', method, params });
const result = (id: unknown, value: unknown): string => JSON.stringify({ jsonrpc: '2.0', id, result: value });

/** Waits until its caller does not want it any more. */
const wait = (): Promise<unknown> => {
  const { signal } = currentCall();
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
};

describe('names with a slash can be published', () => {
  const names = ['textDocument/hover', '$/setTrace', '_vendor/reload'];
  const hover = (params: unknown): unknown => ({ params });
  class Server extends Handler {
    static override readonly published = [...names, '_private', '$private'];
    'textDocument/hover'(params: unknown): unknown {
      return hover(params);
    }
    '$/setTrace'(params: unknown): unknown {
      return hover(params);
    }
    '_vendor/reload'(params: unknown): unknown {
      return hover(params);
    }
    _private(): void {}
    $private(): void {}
  }
  test.each([
    [
      'by a plain object',
      Object.fromEntries([...names, '_private', '$private'].map((name) => [name, hover])),
    ],
    ['by a Map', new Map([...names, '_private', '$private'].map((name) => [name, hover]))],
    ["by a Handler's list", new Server()],
  ])('%s', async (_, handler) => {
    const far = rawFarSide(handler, { dialect: lsp });
    for (const name of names)
      expect(await far.ask(request(1, name, { a: 1 }))).toBe(result(1, { params: { a: 1 } }));
    for (const name of ['_private', '$private'])
      expect(JSON.parse(await far.ask(request(1, name))).error.code).toBe(-32601);
  });
});

test.each([jsonrpc2, lsp, mcp, acp])(
  'an empty object is an argument, and parameters that are null are none: $name',
  async (dialect) => {
    const far = rawFarSide({ count: (...args: unknown[]) => ({ args }) }, { dialect });
    expect(await far.ask(request(1, 'count', {}))).toBe(result(1, { args: [{}] }));
    expect(await far.ask(request(2, 'count', null))).toBe(result(2, { args: [] }));
    expect(await far.ask(request(3, 'count'))).toBe(result(3, { args: [] }));
  },
);

test.each([jsonrpc2, lsp, mcp, acp])(
  "a generator's result is one answer, an error, and the generator is closed: $name",
  async (dialect) => {
    let isClosed = false;
    async function* items(): AsyncGenerator<number> {
      try {
        yield 1;
      } finally {
        isClosed = true;
      }
    }
    const begun = items();
    await begun.next();
    const far = rawFarSide({ items: () => begun, ping: () => 1 }, { dialect, onError: () => {} });
    const answer = JSON.parse(await far.ask(request(1, 'items')));
    expect(answer).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32603, message: 'result: cannot send a stream: this dialect has plain JSON only' },
    });
    await expect.poll(() => isClosed).toBe(true);
    expect(await far.ask(request(2, 'ping'))).toBe(result(2, 1));
    expect(far.peer.stats).toMatchObject({ running: 0, exported: 0 });
  },
);

describe('names and data are never interpreted', () => {
  test.each(['x.__delete__', '#4.x', 'a_0001.b', '$/ping', '$/describe', '$/hello'])('%s', async (name) => {
    const seen: unknown[] = [];
    const far = rawFarSide(new Map([[name, (...args: unknown[]) => seen.push(args) && 'called']]), {
      dialect: jsonrpc2,
    });
    expect(await far.ask(request(1, name, [1]))).toBe(result(1, 'called'));
    expect(seen).toEqual([[1]]);
  });

  test.each([
    { __remoteobject__: 'x_0001' },
    { __objectreference__: '#4' },
    { __functionreference__: 'echo' },
    { __jsonclass__: ['Date', ['nonsense']] },
    { __literal__: { __jsonclass__: 1 } },
  ])('%o', async (data) => {
    const far = rawFarSide({ echo: (value: unknown) => ({ value }) }, { dialect: jsonrpc2 });
    expect(await far.ask(request(1, 'echo', [data]))).toBe(result(1, { value: data }));
    const answered = far.peer.call.get?.();
    expect(await far.next()).toBe('{"jsonrpc":"2.0","id":1,"method":"get"}');
    far.write(result(1, data));
    expect(await answered).toEqual(data);
    expect(far.peer.stats).toMatchObject({ imported: 0, exported: 0 });
  });
});

test.each([jsonrpc2, lsp, mcp, acp])("others' codes are not those of our classes: $name", async (dialect) => {
  const far = rawFarSide(undefined, { dialect });
  for (const code of [-32001, -32002, -32005, -32801]) {
    const failed = far.peer.method.any?.().value.catch((error: unknown) => error);
    const { id } = JSON.parse(await far.next());
    far.write(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: 'm', data: { a: 1 } } }));
    const error = (await failed) as RpcError;
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).not.toBeInstanceOf(LimitExceededError);
    expect(error).not.toBeInstanceOf(UnknownObjectError);
    expect(error).toMatchObject({ code, message: 'm', data: { a: 1 } });
  }
});

test.each([lsp, mcp, acp])('nor are codes of ours told to others: $name', async (dialect) => {
  const far = rawFarSide(
    {
      limit: () => {
        throw new LimitExceededError('too much');
      },
      odd: () => {
        throw new TypeError('odd');
      },
      own: () => {
        throw new RpcError('not initialized', { code: -32002, data: [1] });
      },
      // In ACP that is the code of whoever is not logged in.
      chosen: () => {
        throw new RpcError('log in first', { code: -32000 });
      },
      plain: () => {
        throw Object.assign(new Error('log in first'), { code: -32000 });
      },
      relayed: () => {
        throw new RemoteError('of another peer', { code: -32001 });
      },
      none: () => {
        throw new RpcError('without a code');
      },
    },
    { dialect, limits: { maxRunningCalls: 1 } },
  );
  const code = async (name: string): Promise<unknown> => JSON.parse(await far.ask(request(1, name))).error;
  expect(await code('limit')).toEqual({ code: -32603, message: 'too much' });
  expect(await code('odd')).toEqual({ code: -32603, message: 'odd' });
  for (const name of ['chosen', 'plain'])
    expect(await code(name)).toEqual({ code: -32000, message: 'log in first' });
  expect(await code('relayed')).toEqual({ code: -32001, message: 'of another peer' });
  expect(await code('none')).toEqual({ code: -32603, message: 'without a code' });
  expect(await code('own')).toEqual({ code: -32002, message: 'not initialized', data: [1] });
});

test('what is neither a result nor an error settles its call at once, and an answer is never answered', async () => {
  const far = rawFarSide({ ping: () => 1 }, { dialect: jsonrpc2 });
  const call = far.peer.call.any?.() as Promise<unknown>;
  const { id } = JSON.parse(await far.next());
  far.write(JSON.stringify({ jsonrpc: '2.0', id }));
  await expect(call).rejects.toBeInstanceOf(InvalidRequestError);
  far.write(JSON.stringify({ jsonrpc: '2.0', id: 99 }));
  far.write('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}');
  far.write('{"error":{"code":-32000,"message":"an error without an id"}}');
  expect(await far.ask(request(1, 'ping'))).toBe(result(1, 1));
});

test.each([jsonrpc2, lsp, mcp, acp])(
  'seventy messages that are no JSON-RPC draw no errors and no close: $name',
  async (dialect) => {
    const errors: unknown[] = [];
    const far = rawFarSide({ ping: () => ({}) }, { dialect, onError: (error) => errors.push(error) });
    for (let i = 0; i < 70; i++) far.write('{"notification":"rpc.on","params":[1]}');
    for (let i = 0; i < 70; i++) far.write('{"error":{"code":-32601,"message":"no id"}}');
    expect(await far.ask(request(1, 'ping'))).toBe(result(1, {}));
    expect(far.peer.stats.invalid).toBe(70);
    expect(errors).toHaveLength(60); // told, and not for ever
    // What is none at all is answered as long as that makes sense, and closes nothing.
    for (let i = 0; i < 200; i++) far.write('nonsense');
    far.write(request(2, 'ping'));
    expect(far.sent.length).toBe(1);
    await expect.poll(() => far.sent.at(-1)).toBe(result(2, {}));
    expect(far.sent.length).toBeLessThan(70);
  },
);

test('ten thousand cancelled calls leave nothing behind, and back-pressure works', async () => {
  const end = bareDuplex();
  const { duplex, held } = end;
  const peer = new Peer({
    duplex,
    options: { dialect: mcp },
    info: { transport: 'test' },
    dialled: true,
    handler: { ping: () => ({}) },
  });
  for (let i = 0; i < 10_000; i++) {
    const given = new AbortController();
    const call = peer.with({ signal: given.signal }).call.slow?.() as Promise<unknown>;
    given.abort();
    await expect(call).rejects.toBeInstanceOf(CancelledError);
  }
  expect(peer.stats.pending).toBe(0);
  end.fill();
  end.receiver.onMessage(request(1, 'ping')); // as long as an answer were awaited, reading would go on
  expect(held).toEqual([true]);
  peer.abort();
});

test('an id that stands first costs no second look at the message', async () => {
  const echo = (text: string): number => text.length;
  const far = rawFarSide({ echo }, { dialect: jsonrpc2 });
  const text = 'x'.repeat(4 * 1024 * 1024);
  const first = `{"jsonrpc":"2.0","id":7,"method":"echo","params":["${text}"]}`;
  const last = `{"jsonrpc":"2.0","method":"echo","params":["${text}"],"id":7}`;
  const took = { first: Number.POSITIVE_INFINITY, last: Number.POSITIVE_INFINITY };
  for (let i = 0; i < 8; i++) {
    for (const [name, message] of [
      ['first', first],
      ['last', last],
    ] as const) {
      const began = performance.now();
      expect(await far.ask(message)).toBe(result(7, text.length));
      took[name] = Math.min(took[name], performance.now() - began);
    }
  }
  expect(took.first / took.last).toBeLessThan(2); // a second look made it 4 and more
});

test('what is not an object is no parameters of a request: it stands in a list', async () => {
  const far = rawFarSide(undefined, { dialect: lsp, dialled: true });
  const { call } = far.peer.with({ onProgress: () => {} });
  for (const value of [new Date(0), new URL('http://x/'), 'text', 7, null, [1]]) {
    for (const open of [far.peer.call.open, call.open]) {
      void open?.(value).catch(() => {});
      expect(JSON.parse(await far.next()).params).toEqual([JSON.parse(JSON.stringify(value))]);
    }
  }
  class Position {
    toJSON(): object {
      return { line: 1 };
    }
  }
  for (const value of [new Position(), { line: 1 }, kw({ line: 1 })]) {
    void far.peer.call.open?.(value).catch(() => {});
    expect(JSON.parse(await far.next()).params).toEqual({ line: 1 });
  }
});

test('an answer may have members that are null beside its result, or its error', async () => {
  const far = rawFarSide(undefined, { dialect: jsonrpc2, dialled: true });
  const answered = far.peer.call.any?.();
  const failed = far.peer.call.any?.();
  far.write('{"jsonrpc":"2.0","id":1,"method":null,"params":null,"result":5,"error":null}');
  far.write('{"jsonrpc":"2.0","id":2,"method":null,"result":null,"error":{"code":7,"message":"m"}}');
  expect(await answered).toBe(5);
  await expect(failed).rejects.toMatchObject({ code: 7 });
  expect(far.sent).toHaveLength(2);
  expect(await far.next()).toContain('"id":1');
  expect(await far.next()).toContain('"id":2');
  // One that answers nothing is none.
  expect(await far.ask('{"jsonrpc":"2.0","id":3,"method":null}')).toContain('-32600');
});

describe('cancelling', () => {
  const cancel = (id: unknown): string => notification('$/cancelRequest', { id });
  const cancelled = (id: unknown): unknown => ({
    jsonrpc: '2.0',
    id,
    error: { code: -32800, message: expect.any(String) },
  });

  test('in one chunk with its request, twice, and for an id of 0', async () => {
    const far = rawFarSide({ wait }, { dialect: lsp });
    far.write(request(0, 'wait'));
    far.write(cancel(0));
    far.write(cancel(0));
    expect(JSON.parse(await far.next())).toEqual(cancelled(0));
    await pause(5);
    expect(far.sent).toHaveLength(1);
  });

  test('in ACP the request is answered, with its own message', async () => {
    const far = rawFarSide({ wait }, { dialect: acp });
    far.write(request(0, 'wait'));
    far.write(notification('$/cancel_request', { requestId: 0 }));
    expect(JSON.parse(await far.next())).toEqual(cancelled(0));
    const given = new AbortController();
    const failed = expect(far.peer.with({ signal: given.signal }).call.any?.()).rejects.toThrow();
    await far.next();
    given.abort();
    expect(await far.next()).toBe(notification('$/cancel_request', { requestId: 1 }));
    await failed;
  });

  test('for "7" does not cancel 7', async () => {
    const far = rawFarSide({ wait, ping: () => 1 }, { dialect: lsp });
    far.write(request(7, 'wait'));
    far.write(cancel('7'));
    expect(await far.ask(request(1, 'ping'))).toBe(result(1, 1));
    far.write(cancel(7));
    expect(JSON.parse(await far.next())).toEqual(cancelled(7));
  });

  test.each(['9007199254740993', '1152921504606846977', '-9007199254740995', '1.50', '1e-3'])(
    'for an id that no double holds as it was written: %s',
    async (id) => {
      const near = `${id.slice(0, -1)}9`;
      const far = rawFarSide({ wait }, { dialect: lsp });
      for (const each of [near, id]) far.write(`{"jsonrpc":"2.0","id":${each},"method":"wait"}`);
      far.write(`{"params" : {"id": 1, "i\\u0064": ${id}},"jsonrpc":"2.0","method":"$/cancelRequest"}`);
      const answer = await far.next();
      expect(answer).toMatch(`{"jsonrpc":"2.0","id":${id},`);
      await pause(5);
      expect(far.peer.stats.running).toBe(1);
    },
  );

  test.each([undefined, null, 5, 'x', [], [7], {}, { id: null }, { id: {} }, { id: [7] }, { ID: 7 }])(
    'malformed: %j',
    async (params) => {
      const far = rawFarSide({ wait, ping: () => 1 }, { dialect: lsp });
      far.write(request(7, 'wait'));
      far.write(notification('$/cancelRequest', params));
      expect(await far.ask(request(1, 'ping'))).toBe(result(1, 1));
      expect(far.peer.stats.running).toBe(1);
    },
  );

  test.each([
    [new Error('changed my mind'), 'changed my mind'],
    ['changed my mind', 'changed my mind'],
    [undefined, 'This operation was aborted'],
    [5, 'The call was cancelled'],
  ])('in MCP tells why: %o', async (why, reason) => {
    const far = rawFarSide(undefined, { dialect: mcp, dialled: true });
    const given = new AbortController();
    const failed = expect(far.peer.with({ signal: given.signal }).call.any?.()).rejects.toThrow();
    await far.next();
    given.abort(why);
    expect(JSON.parse(await far.next())).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 1, reason },
    });
    await failed;
  });

  test('in MCP the request is never answered after it, whether it waits or runs', async () => {
    let why: unknown;
    const waitAndTell = (): Promise<unknown> =>
      wait().catch((error: unknown) => {
        why = error;
      });
    const far = rawFarSide(
      { wait: waitAndTell, ping: () => ({}) },
      { dialect: mcp, limits: { maxRunningCalls: 1 } },
    );
    far.write(request('a', 'wait'));
    far.write(request('b', 'ping')); // waits for its turn
    far.write(notification('notifications/cancelled', { requestId: 'b' }));
    far.write(notification('notifications/cancelled', { requestId: 'a', reason: 'changed my mind' }));
    expect(await far.ask(request('c', 'ping'))).toBe(result('c', {}));
    await pause(5);
    expect(far.sent).toHaveLength(1);
    expect(why).toMatchObject({ name: 'CancelledError', message: 'The caller cancelled: changed my mind' });
    expect(far.peer.stats.running).toBe(0);
  });
});

describe('in a batch', () => {
  const batch = (...elements: string[]): string => `[${elements.join()}]`;

  test('a slow element, a doubled id, a bad element: one answer when all are here', async () => {
    let go = (): void => {};
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    const far = rawFarSide({ slow: () => gone, ping: () => 1 }, { dialect: jsonrpc2 });
    far.write(batch(request(1, 'slow'), request(1, 'ping'), '{"foo":"boo"}', request(2, 'ping'), '7'));
    await pause(5);
    expect(far.sent).toHaveLength(0);
    go();
    const answers = JSON.parse(await far.next()) as {
      id: unknown;
      result?: unknown;
      error?: { code: number };
    }[];
    const outcomes = answers.map(({ id, result: value, error }) => [id, value ?? error?.code]);
    expect(outcomes).toHaveLength(5);
    expect(outcomes).toEqual(
      expect.arrayContaining([
        [1, -32600],
        [1, undefined],
        [2, 1],
        [null, -32600],
      ]),
    );
    expect(outcomes.filter(([id]) => id === null)).toHaveLength(2);
  });

  test('a cancelled element is answered with the others', async () => {
    const far = rawFarSide({ wait, ping: () => 1 }, { dialect: { ...lsp, batches: true } });
    far.write(batch(request(1, 'wait'), notification('$/cancelRequest', { id: 1 }), request(2, 'ping')));
    const answers = JSON.parse(await far.next()) as { id: number }[];
    expect(answers.map(({ id }) => id).sort()).toEqual([1, 2]);
  });

  test('one that is cancelled where no answer follows is not waited for', async () => {
    const far = rawFarSide({ wait, ping: () => ({}) }, { dialect: { ...mcp, batches: true } });
    const cancel = notification('notifications/cancelled', { requestId: 'a' });
    far.write(batch(request('a', 'wait'), cancel, cancel, request('b', 'ping')));
    expect(await far.next()).toBe(`[${result('b', {})}]`);
    far.write(batch(request('c', 'wait')));
    far.write(notification('notifications/cancelled', { requestId: 'c' }));
    expect(await far.ask(request('d', 'ping'))).toBe(result('d', {}));
    expect(far.sent).toHaveLength(2);
  });

  test('a close half-way leaves nothing', async () => {
    const far = rawFarSide({ wait, ping: () => 1 }, { dialect: jsonrpc2 });
    far.write(batch(request(1, 'wait'), request(2, 'ping')));
    await pause(5);
    await far.peer.close({ graceMs: 0 });
    expect(far.sent).toHaveLength(0);
    expect(far.peer.stats).toMatchObject({ running: 0, pending: 0 });
  });

  test.each([lsp, mcp, acp])(
    'none at all where there are no batches, and that is said: $name',
    async (dialect) => {
      const far = rawFarSide({ ping: () => 1 }, { dialect });
      expect(await far.ask(batch(request(1, 'ping')))).toBe(
        JSON.stringify({
          jsonrpc: '2.0',
          id: null,
          error: { code: -32600, message: `The dialect ${dialect.name} has no batches` },
        }),
      );
      expect(() => far.peer.batch(() => far.peer.notify.any?.())).toThrow(/has no batches/);
    },
  );
});
