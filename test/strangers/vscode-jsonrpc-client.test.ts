import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createServer, lsp, type Server } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ProgressType,
  type ResponseError,
  SocketMessageReader,
  SocketMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { program } from '../run-program.ts';
import type { Diagnostics } from './language-server.ts';
import { OwnLanguageServer } from './own-language-server.ts';
import { patiently } from './patience.ts';
import { processes } from './processes.ts';

const started = processes();
const uri = 'file:///own.txt';
const textDocument = { uri };

/** What an editor does, with vscode-jsonrpc, to a language server that was written with this library. */
function session(client: () => MessageConnection): void {
  const published: Diagnostics[] = [];

  test('initialize, initialized, didOpen, diagnostics', async () => {
    client().onNotification('textDocument/publishDiagnostics', (params: Diagnostics) => {
      published.push(params);
    });
    client().onRequest('workspace/configuration', ({ items }: { items: { section: string }[] }) =>
      items.map(({ section }) => ({ language: `${section} language` })),
    );
    const result = await client().sendRequest('initialize', { processId: null, capabilities: {} });
    expect(result).toEqual({ capabilities: { hoverProvider: true }, serverInfo: { name: 'own' } });
    await client().sendNotification('initialized', {});
    const text = 'first\nsecond 😀 zweite – второй\nbad';
    await client().sendNotification('textDocument/didOpen', { textDocument: { uri, text } });
    await expect.poll(() => published.map(({ diagnostics }) => diagnostics[0]?.code), patiently).toEqual([7]);
  });

  test('a request in which the server asks back, under the same id', async () => {
    const hover = (line: number): Promise<unknown> =>
      client().sendRequest('textDocument/hover', { textDocument, position: { line, character: 0 } });
    expect(await hover(1)).toEqual({ contents: 'own language: second 😀 zweite – второй' });
    expect(await Promise.all(Array.from({ length: 200 }, () => hover(0)))).toEqual(
      Array(200).fill({ contents: 'own language: first' }),
    );
  });

  test('a result of null, and one of nothing', async () => {
    const position = { line: 0, character: 0 };
    const unknown = { textDocument: { uri: 'file:///other' }, position };
    expect(await client().sendRequest('textDocument/hover', unknown)).toBe(null);
    expect(await client().sendRequest('initialized')).toBe(null);
  });

  test('a cancellation token', async () => {
    const source = new CancellationTokenSource();
    const asked = client().sendRequest('workspace/symbol', { query: '' }, source.token);
    source.cancel();
    await expect(asked).rejects.toMatchObject({ code: -32800 });
  });

  test('progress, before the answer', async () => {
    const heard: unknown[] = [];
    for (const workDoneToken of ['text', 7, 0]) {
      const stop = client().onProgress(new ProgressType<unknown>(), workDoneToken, (value) => {
        heard.push(value);
      });
      const params = { workDoneToken, command: 'go', arguments: ['one', 'two'] };
      expect(await client().sendRequest('workspace/executeCommand', params)).toBe('one,two');
      stop.dispose();
      expect(heard.splice(0)).toEqual([
        { kind: 'begin', title: 'steps' },
        { kind: 'report', message: 'one' },
        { kind: 'report', message: 'two' },
        { kind: 'end' },
      ]);
    }
  });

  test('errors, with their codes and data', async () => {
    const failed = (label: string): Promise<ResponseError<unknown>> =>
      client()
        .sendRequest('completionItem/resolve', { label })
        .then(
          () => expect.fail(),
          (error) => error as ResponseError<unknown>,
        );
    expect(await failed('x')).toMatchObject({
      code: -32803,
      message: 'no such item: x',
      data: { retry: true, label: 'x' },
    });
    expect(await failed('odd')).toMatchObject({ code: -32603, message: 'odd label' });
    await expect(client().sendRequest('no/such')).rejects.toMatchObject({ code: -32601 });
  });
}

describe('over TCP', () => {
  let server: Server;
  let client: MessageConnection;
  const errors: unknown[] = [];

  beforeAll(async () => {
    server = await createServer(tcp({ port: 0, framing: 'content-length' }), () => new OwnLanguageServer(), {
      dialect: lsp,
      onError: (error) => errors.push(error),
    });
    const socket = dial({ port: server.address.port ?? 0, noDelay: true });
    client = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
    client.listen();
  });
  afterAll(() => server.close());

  session(() => client);

  test('shutdown: nothing is left', async () => {
    expect(await client.sendRequest('shutdown')).toBe(null);
    const [peer] = server.connections;
    expect(peer?.stats).toMatchObject({ pending: 0, running: 0, exported: 0, imported: 0, invalid: 0 });
    client.end();
    client.dispose();
    await peer?.closed;
    expect(errors).toEqual([]);
  });

  test('a Map for a handler', async () => {
    const methods = new Map([
      ['textDocument/hover', (...params: unknown[]) => ({ params })],
      ['$/own', (...params: unknown[]) => ({ params })],
    ]);
    const transport = tcp({ port: 0, framing: 'content-length' });
    await using mapped = await createServer(transport, () => methods, { dialect: lsp });
    const socket = dial({ port: mapped.address.port ?? 0, noDelay: true });
    const connection = createMessageConnection(
      new SocketMessageReader(socket),
      new SocketMessageWriter(socket),
    );
    connection.listen();
    onTestFinished(() => connection.dispose());
    for (const name of methods.keys()) {
      expect(await connection.sendRequest(name)).toEqual({ params: [] });
      expect(await connection.sendRequest(name, {})).toEqual({ params: [{}] });
      expect(await connection.sendRequest(name, { a: null })).toEqual({ params: [{ a: null }] });
      expect(await connection.sendRequest(name, 'one')).toEqual({ params: ['one'] });
      expect(await connection.sendRequest(name, [1, 2])).toEqual({ params: [[1, 2]] });
      expect(await connection.sendRequest(name, 1, { b: 2 })).toEqual({ params: [1, { b: 2 }] });
    }
  });
});

describe('over the standard streams of a program', () => {
  let client: MessageConnection;
  let exited: Promise<unknown>;
  const complaints: string[] = [];

  beforeAll(async () => {
    const own = fileURLToPath(new URL('./own-language-server.ts', import.meta.url));
    const script = await program(`
      import { createServer, lsp } from '@bjsonrpc/peer';
      import { stdio } from '@bjsonrpc/transport-stdio';
      import { OwnLanguageServer } from ${JSON.stringify(own)};
      const end = () => void server.close();
      const server = await createServer(stdio({ framing: 'content-length', closeTimeoutMs: 100 }), () => new OwnLanguageServer(end), { dialect: lsp });
      console.log('no message');
    `);
    const child = spawn(process.execPath, [script]);
    started.add(child.pid);
    exited = once(child, 'exit');
    child.stderr.on('data', (chunk) => complaints.push(String(chunk)));
    client = createMessageConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    client.listen();
  });

  session(() => client);

  test('shutdown, exit: it ends with exit code 0', async () => {
    expect(await client.sendRequest('shutdown')).toBe(null);
    await client.sendNotification('exit');
    expect(await exited).toEqual([0, null]);
    expect(complaints.join('')).toBe('no message\n');
    client.dispose();
  });
});
