import { CancelledError, connect, InvalidRequestError, mcp, type Peer } from '@bjsonrpc/peer';
import { spawn } from '@bjsonrpc/transport-stdio';
import { expect, onTestFinished, test } from 'vitest';
import { watchOver } from './mcp-processes.ts';

/** Servers as there are some, played by small programs that read lines and write what they like. */

interface Odd {
  get(params?: object): object;
  wait(params?: object): object;
}

/** `answer` is the body of a function of `message`, with `say` for a line and `raw` for bytes; `before` runs first. */
async function start(
  answer: string,
  { before = '', handler = {} } = {},
): Promise<{ peer: Peer<Odd>; errors: unknown[] }> {
  const errors: unknown[] = [];
  const source = `
    const raw = (text) => process.stdout.write(text);
    const say = (...members) => { for (const m of members) raw(JSON.stringify({ jsonrpc: '2.0', ...m }) + '\\n'); };
    ${before}
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const message = JSON.parse(line);
      ${answer}
    });`;
  const peer = await connect<Odd>(
    spawn(process.execPath, ['-e', source], { onSpawn: watchOver, stderr: 'ignore' }),
    {
      dialect: mcp,
      handler,
      onError: (error) => errors.push(error),
    },
  );
  onTestFinished(() => peer.close());
  return { peer, errors };
}

test('what others print on the same stream is no harm: banners, empty lines, CRLF, a byte order mark', async () => {
  const { peer } = await start(
    "if (message.method) raw(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: { ok: true } }) + '\\r\\n\\r\\n');",
    {
      before:
        'raw(\'\\uFEFFServer ready\\n\\nListening on stdio ...\\r\\n   \\n[1, 2]\\n"text"\\nnull\\n{}\\n\');',
    },
  );
  expect(await peer.call.get()).toEqual({ ok: true });
  expect(await peer.call.get({})).toEqual({ ok: true });
  expect(peer.stats).toMatchObject({ pending: 0, stray: 0 });
});

test('hundreds of such lines are no reason to close', async () => {
  const { peer } = await start('if (message.method) say({ id: message.id, result: {} });', {
    before: "for (let i = 0; i < 500; i++) raw('debug: ' + i + '\\n');",
  });
  expect(await peer.call.get()).toEqual({});
});

test('a null beside the result, none beside an error, and an answer that is neither', async () => {
  const { peer } = await start(`
    if (message.id === 1) say({ id: 1, result: { ok: true }, error: null });
    if (message.id === 2) say({ id: 2, result: null, error: { code: -32050, message: 'no' } });
    if (message.id === 3) say({ id: 3 });
    if (message.id === 4) raw('{"id":4,"result":{}}\\n');`);
  expect(await peer.call.get()).toEqual({ ok: true });
  await expect(peer.call.get()).rejects.toMatchObject({ code: -32050, message: 'no' });
  await expect(peer.call.get()).rejects.toBeInstanceOf(InvalidRequestError);
  expect(await peer.call.get()).toEqual({});
});

test('progress that is late, malformed or of nobody, and errors without an id, concern no call', async () => {
  const { peer, errors } = await start(`
    if (message.method !== 'get') return;
    const progress = (params) => say({ method: 'notifications/progress', params });
    progress(null), progress([]), progress({}), progress({ progressToken: 'x', progress: 1 });
    progress({ progressToken: message.params._meta.progressToken, progress: 1 });
    say({ id: null, error: { code: -32700, message: 'what?' } }, { error: { code: -32700, message: 'what?' } });
    say({ id: message.id, result: {} });
    progress({ progressToken: message.params._meta.progressToken, progress: 2 });`);
  const heard: unknown[] = [];
  const caller = peer.with({ onProgress: (value) => heard.push(value) });
  expect(await caller.call.get()).toEqual({});
  expect(await caller.call.get({})).toEqual({});
  expect(heard).toEqual([{ progress: 1 }, { progress: 1 }]);
  expect(errors).toEqual([]);
  expect(peer.stats).toMatchObject({ pending: 0, running: 0 });
});

test('one that answers what was cancelled all the same is heard, and ignored', async () => {
  const { peer, errors } = await start(`
    if (message.method === 'notifications/cancelled') say({ id: message.params.requestId, result: {} });
    if (message.method === 'get') say({ id: message.id, result: {} });`);
  const stop = new AbortController();
  const given = peer.with({ signal: stop.signal }).call.wait();
  stop.abort();
  await expect(given).rejects.toBeInstanceOf(CancelledError);
  expect(await peer.call.get()).toEqual({});
  expect(peer.stats).toMatchObject({ pending: 0, stray: 1, invalid: 0 });
  expect(errors).toEqual([]);
});

test('one that cancels before it asks, asks twice under one id, and counts from 0, is answered each time', async () => {
  const asked: unknown[] = [];
  const { peer } = await start(
    `
    globalThis.answers ??= [];
    if (message.id === 'end') return say({ id: first, result: { answers } });
    if (!message.method) {
      if (answers.push(message) === 3) say({ id: 'end', method: 'ping' });
      return;
    }
    if (message.method === 'wait') {
      globalThis.first = message.id;
      say({ method: 'notifications/cancelled', params: { requestId: 0 } }, { id: 0, method: 'roots/list' });
      say({ id: 0, method: 'roots/list', params: {} }, { id: 'é/1', method: 'roots/list' });
      say({ id: null, method: 'roots/list' });
    }`,
    { handler: { 'roots/list': (...args: unknown[]) => void asked.push(args) } },
  );
  expect(await peer.call.wait()).toEqual({
    answers: [
      { jsonrpc: '2.0', id: 0, result: {} },
      { jsonrpc: '2.0', id: 0, result: {} },
      { jsonrpc: '2.0', id: 'é/1', result: {} },
    ],
  });
  expect(asked).toEqual([[], [{}], [], []]);
});

test('a batch, which one revision had, is refused in words, and what comes after it is served', async () => {
  const { peer } = await start(`
    if (message.method) {
      globalThis.first = message.id;
      raw(JSON.stringify([{ jsonrpc: '2.0', id: 1, method: 'ping' }, { jsonrpc: '2.0', id: 2, method: 'ping' }]) + '\\n');
    } else if (message.error) {
      globalThis.error = message;
      say({ id: 3, method: 'ping' });
    } else say({ id: first, result: { error, pong: message } });`);
  expect(await peer.call.get()).toEqual({
    error: { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'The dialect mcp has no batches' } },
    pong: { jsonrpc: '2.0', id: 3, result: {} },
  });
});
