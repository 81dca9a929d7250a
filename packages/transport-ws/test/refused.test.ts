import { once } from 'node:events';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { until } from '@bjsonrpc/duplex-suite';
import type { ConnectionInfo } from '@bjsonrpc/protocol';
import { tcp } from '@bjsonrpc/transport-tcp';
import type { WsOptions } from '@bjsonrpc/transport-ws';
import { expect, onTestFinished, test } from 'vitest';
import { handshake } from './handshake.ts';
import { listening, testTls, wsPackage } from './open-ws.ts';

/** A listener, and what it tells of those whom it turned away. */
async function open(options: WsOptions = {}) {
  const refused: { readonly error: Error; readonly info: Partial<ConnectionInfo> }[] = [];
  const opened = await listening(options, {
    onRefused: (error, info) => {
      refused.push({ error, info });
      throw new Error('of no concern to the listener');
    },
  });
  onTestFinished(async () => {
    for (const { duplex } of opened.waiting) duplex.close(new Error('The test is over'));
    await opened.listener.close();
  });
  return { ...opened, url: opened.url, refused };
}

const teapot = new Error('the teapot is broken');

const table: readonly [options: WsOptions, headers: Record<string, string>, status: number, why: string][] = [
  [{}, { origin: 'https://evil.test' }, 403, 'this origin is not allowed: https://evil.test'],
  [{}, { host: 'evil.test' }, 403, 'this host name is not allowed: evil.test'],
  [{ authenticate: () => undefined }, {}, 401, 'not authenticated'],
  [{ authenticate: () => false }, {}, 403, 'not allowed'],
  [{ authenticate: () => Promise.reject(teapot) }, {}, 401, 'not authenticated'],
  [
    { authenticate: () => new Promise(() => {}), handshakeTimeoutMs: 50 },
    {},
    503,
    'authentication took too long',
  ],
  [{ maxConnections: 0 }, {}, 503, 'too many connections'],
  [{ maxConnectionsPerAddress: 0 }, {}, 429, 'too many connections from this address'],
  [{}, { 'sec-websocket-version': '99' }, 400, 'Missing or invalid Sec-WebSocket-Version header'],
  [{}, { upgrade: 'h2c' }, 400, 'Invalid Upgrade header'],
];

test.for(table)(
  '%o, asked with %o: %i, and the listener hears why',
  async ([options, headers, status, why]) => {
    const { url, refused } = await open(options);
    const answer = await handshake(url, headers);
    expect([answer.status, why]).toEqual([status, expect.stringContaining(answer.text)]);
    await until('the refusal', () => refused.length === 1);
    const [{ error, info } = { error: undefined, info: undefined }] = refused;
    expect(error?.message).toMatch(/^Refused 127\.0\.0\.1:\d+: /);
    expect(error?.message.endsWith(`: ${why}`)).toBe(true);
    expect(info).toEqual({ transport: 'ws', remoteAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
  },
);

test('what a hook threw is the cause, and no secret is told to strangers', async () => {
  const { url, refused } = await open({
    authenticate: () => {
      throw teapot;
    },
  });
  expect((await handshake(url)).text).toBe('not authenticated');
  expect(refused.map(({ error }) => error.cause)).toEqual([teapot]);
});

test.for([
  [
    'a plain HTTP request',
    'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    /: a plain HTTP request$/,
    /^HTTP\/1.1 426 /,
  ],
  ['another protocol', '{"method":"hello"}\n', /: this is no request in HTTP: /, /^HTTP\/1.1 400 /],
  [
    'a TLS hello',
    Buffer.from('160301020001000000', 'hex'),
    /: this server does not speak TLS$/,
    /^HTTP\/1.1 400 /,
  ],
  ['half a request', 'GET / HTTP/1.1\r\nHost: lo', /: the request took too long$/, /^HTTP\/1.1 408 /],
  ['nothing', '', /: the request took too long$/, /^HTTP\/1.1 408 /],
] as const)('%s is refused, once', async ([, text, told, answered]) => {
  const { url, refused } = await open({ handshakeTimeoutMs: 150 });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket
    .on('error', () => {})
    .on('data', (chunk) => {
      answer += chunk;
    });
  socket.write(text);
  await once(socket, 'close');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(answer).toMatch(answered);
  expect(refused.map(({ error }) => error.message)).toEqual([expect.stringMatching(told)]);
});

test('who hangs up without a word is told of', async () => {
  const { url, refused } = await open();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('connect', () => socket.destroy());
  await until('the refusal', () => refused.length === 1);
  expect(refused[0]?.error.message).toMatch(
    /^Refused 127\.0\.0\.1:\d+: it hung up before it asked for anything$/,
  );
});

test('who is cut off at the door is told of', async () => {
  const requests: { socket: { destroy(): void } }[] = [];
  let letIn = (_principal: unknown): void => {};
  const { url, refused, waiting } = await open({
    authenticate: (request) => {
      requests.push(request as never);
      return new Promise((resolve) => {
        letIn = resolve;
      });
    },
  });
  const asking = handshake(url).catch((error: Error) => error);
  await until('the question', () => requests.length === 1);
  requests[0]?.socket.destroy();
  letIn('ada');
  expect(await asking).toBeInstanceOf(Error);
  await until('the refusal', () => refused.length === 1);
  expect(refused[0]?.error.message).toMatch(/: it hung up before it was let in$/);
  expect(waiting).toEqual([]);
});

test('of those who are let in nothing is told', async () => {
  const { url, refused, accepted } = await open();
  const a = await wsPackage(url).dial({});
  const { duplex } = await accepted();
  for (const end of [a, duplex]) end.close(new Error('done'));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(refused).toEqual([]);
});

test('a failed TLS handshake of the server that it listens on is told of, and whoever spoke no TLS is told apart', async () => {
  const server = createServer(testTls);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { url, refused } = await open({ server });
  await expect(wsPackage(url.replace('wss', 'ws')).dial({})).rejects.toThrow(
    'Cannot connect to ws://127.0.0.1:',
  );
  await until('the refusal', () => refused.length === 1);
  const stranger = connectTls({ port: Number(new URL(url).port), host: '127.0.0.1' });
  await once(stranger, 'error');
  await until('the second', () => refused.length === 2);
  for (const { error } of refused) expect(error.message).toMatch(/: the TLS handshake failed: /);
});

test('the wrong protocol at the other end is told apart by who dials', async () => {
  const plain = await open();
  const { port = 0 } = plain.listener.address;
  await expect(wsPackage(`wss://127.0.0.1:${port}`).dial({})).rejects.toThrow(
    'the other side does not speak TLS',
  );
  const listener = await tcp({ port: 0 }).listen((duplex) => duplex.start({ onMessage() {}, onClose() {} }));
  onTestFinished(() => listener.close());
  await expect(wsPackage(`ws://127.0.0.1:${listener.address.port}`).dial({})).rejects.toThrow(
    /connection reset|does not speak HTTP/,
  );
});
