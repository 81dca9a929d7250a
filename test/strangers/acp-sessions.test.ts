import { type ChildProcess, spawn as start } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type ClientContext, client, methods, ndJsonStream } from '@agentclientprotocol/sdk';
import { acp, CancelledError, connect, MethodNotFoundError, mcp, RemoteError } from '@bjsonrpc/peer';
import { spawn } from '@bjsonrpc/transport-stdio';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { program } from '../run-program.ts';
import type { AgentMethods, File, Session } from './acp-types.ts';
import { watchOver } from './mcp-processes.ts';

let ours = '';
let theirs = '';
beforeAll(async () => {
  const read = (name: string): string => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');
  ours = await program(read('acp-agent.ts'));
  theirs = await program(read('acp-sdk-agent.ts'));
});

const long = 'a line of a file\n'.repeat(3 * 2 ** 16);
const contents: { readonly [path: string]: string } = { '/notes': 'read me', '/long': long };
const prompt = (text: string) => ({ sessionId: 's1', prompt: [{ type: 'text', text }] as const }) as const;
const handshake = {
  protocolVersion: 1,
  clientCapabilities: { fs: { readTextFile: true, writeTextFile: true } },
};
const chosen = { outcome: { outcome: 'selected', optionId: 'yes' } } as const;

describe("the SDK's client, and an agent of this library", () => {
  interface Client {
    readonly agent: ClientContext;
    readonly child: ChildProcess;
    readonly said: readonly string[];
    readonly written: ReadonlyMap<string, string>;
  }

  async function connected(): Promise<Client> {
    const said: string[] = [];
    const written = new Map<string, string>();
    const child = start(process.execPath, [ours], { stdio: ['pipe', 'pipe', 'ignore'] });
    watchOver(child.pid ?? null);
    const { agent } = client({ name: 'test' })
      .onNotification(methods.client.session.update, ({ params: { update } }) => {
        if (update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text')
          said.push(update.content.text);
      })
      .onRequest(methods.client.fs.readTextFile, ({ params }) => ({ content: contents[params.path] ?? '' }))
      .onRequest(methods.client.fs.writeTextFile, ({ params }) => {
        written.set(params.path, params.content);
        return {};
      })
      .onRequest(methods.client.session.requestPermission, () => chosen)
      .connect(
        ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>),
      );
    onTestFinished(async () => {
      child.stdin.end();
      const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
      expect(code).toBe(0);
    });
    const { protocolVersion } = await agent.request<{ protocolVersion: number }>(
      methods.agent.initialize,
      handshake,
    );
    expect(protocolVersion).toBe(1);
    expect(await agent.request(methods.agent.session.new, { cwd: '/', mcpServers: [] })).toEqual({
      sessionId: 's1',
    });
    return { agent, child, said, written };
  }
  const ask = (agent: ClientContext, text: string, signal?: AbortSignal): Promise<{ stopReason: string }> =>
    agent.request(
      methods.agent.session.prompt,
      { sessionId: 's1', prompt: [{ type: 'text', text }] },
      signal && { cancellationSignal: signal },
    );

  test('a prompt, during which the agent tells, asks, reads and writes', async () => {
    const { agent, said, written } = await connected();
    expect(await agent.request(methods.agent.authenticate, { methodId: 'none' })).toEqual({});
    expect(await ask(agent, '/notes')).toEqual({ stopReason: 'end_turn' });
    expect(said).toEqual(['read 7', '{"outcome":"selected","optionId":"yes"}']);
    expect(written.get('/notes')).toBe('READ ME');
    await ask(agent, '/long');
    expect(written.get('/long') === long.toUpperCase()).toBe(true);
  });

  test('a prompt that is cancelled by the session, and one by the request', async () => {
    const { agent, said } = await connected();
    const cancelled = ask(agent, 'wait');
    await expect.poll(() => said).toEqual(['waiting']);
    await agent.notify(methods.agent.session.cancel, { sessionId: 's1' });
    expect(await cancelled).toEqual({ stopReason: 'cancelled' });

    const stop = new AbortController();
    const given = ask(agent, 'wait', stop.signal);
    await expect.poll(() => said).toHaveLength(2);
    stop.abort();
    await expect(given).rejects.toMatchObject({ code: -32800 });
  });

  test('errors, with their codes and data', async () => {
    const { agent } = await connected();
    await expect(ask(agent, 'fail')).rejects.toMatchObject({
      code: -32000,
      message: 'Authentication required',
      data: { how: 'key' },
    });
    await expect(agent.request('session/none')).rejects.toMatchObject({ code: -32601 });
  });
});

describe.each([acp, mcp])("the SDK's agent, and a client of this library: $name", (dialect) => {
  async function connected() {
    const said: string[] = [];
    const written = new Map<string, string>();
    const errors: unknown[] = [];
    const handler = {
      'session/update': ({ update }: { readonly update: { readonly content: { readonly text: string } } }) =>
        void said.push(update.content.text),
      'fs/read_text_file': ({ path }: File) => ({ content: contents[path] ?? '' }),
      'fs/write_text_file': ({ path, content }: File & { readonly content: string }) =>
        void written.set(path, content),
      'session/request_permission': (_: Session) => chosen,
    };
    const peer = await connect<AgentMethods>(
      spawn(process.execPath, [theirs], { onSpawn: watchOver, exitTimeoutMs: 300 }),
      { dialect, handler, onError: (error) => errors.push(error) },
    );
    onTestFinished(async () => {
      expect(peer.stats).toMatchObject({ pending: 0, running: 0, stray: 0, invalid: 0 });
      await peer.close();
      expect(errors).toEqual([]);
    });
    expect(await peer.call.initialize(handshake)).toMatchObject({ protocolVersion: 1 });
    expect(await peer.call['session/new']({ cwd: '/', mcpServers: [] })).toEqual({ sessionId: 's1' });
    return { peer, said, written };
  }

  test('a prompt, during which the agent tells, asks, reads and writes', async () => {
    const { peer, said, written } = await connected();
    expect(await peer.call.authenticate({ methodId: 'none' })).toEqual({});
    expect(await peer.call['session/prompt'](prompt('/notes'))).toEqual({ stopReason: 'end_turn' });
    expect(said).toEqual(['read 7', '{"outcome":"selected","optionId":"yes"}']);
    expect(written.get('/notes')).toBe('READ ME');
    await peer.call['session/prompt'](prompt('/long'));
    expect(written.get('/long') === long.toUpperCase()).toBe(true);
  });

  test('a prompt that is cancelled by its session; errors, with their codes and data', async () => {
    const { peer, said } = await connected();
    const cancelled = peer.call['session/prompt'](prompt('wait'));
    await expect.poll(() => said).toEqual(['waiting']);
    peer.notify['session/cancel']({ sessionId: 's1' });
    expect(await cancelled).toEqual({ stopReason: 'cancelled' });
    const failure = await peer.call['session/prompt'](prompt('fail')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RemoteError);
    expect(failure).toMatchObject({ code: -32000, data: { how: 'key' } });
  });
});

test('a request of ours that is given up is cancelled, and its answer is awaited by nobody', async () => {
  const said: unknown[] = [];
  const wire: string[] = [];
  await using peer = await connect<AgentMethods & { 'session/none'(): unknown }>(
    spawn(process.execPath, [theirs], { onSpawn: watchOver, exitTimeoutMs: 300 }),
    {
      dialect: acp,
      handler: { 'session/update': (params: unknown) => void said.push(params) },
      onWire: ({ direction, text }) => wire.push(`${direction} ${text}`),
    },
  );
  await peer.call.initialize(handshake);
  const stop = new AbortController();
  const given = expect(
    peer.with({ signal: stop.signal }).call['session/prompt'](prompt('wait')),
  ).rejects.toBeInstanceOf(CancelledError);
  await expect.poll(() => said).toHaveLength(1);
  stop.abort();
  await given;
  await expect.poll(() => wire.at(-1)).toMatch(/^received .*-32800/);
  expect(wire.at(-2)).toBe('sent {"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":2}}');
  await expect(peer.call['session/none']()).rejects.toBeInstanceOf(MethodNotFoundError);
});
