import { setTimeout as pause } from 'node:timers/promises';
import {
  CancelledError,
  connect,
  currentCall,
  MethodNotFoundError,
  mcp,
  type Peer,
  RemoteError,
  RpcError,
  TimeoutError,
  type WireEvent,
} from '@bjsonrpc/peer';
import { spawn } from '@bjsonrpc/transport-stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathOf, watchOver } from './mcp-processes.ts';
import type { SamplingRequest, ServerMethods, ToolResult } from './mcp-types.ts';

const script = pathOf('@modelcontextprotocol/server-everything/dist/index.js');

interface Started {
  readonly peer: Peer<ServerMethods>;
  readonly wire: readonly WireEvent[];
  readonly errors: readonly unknown[];
  /** What the server has sent by way of notifications, by method. */
  readonly heard: ReadonlyMap<string, unknown[]>;
  /** What the server may call: what a test puts there counts from then on. */
  readonly published: Map<string, unknown>;
}

/** Starts the server and shakes hands, as a client that takes everything that it may ask for. */
async function start(): Promise<Started> {
  const wire: WireEvent[] = [];
  const errors: unknown[] = [];
  const heard = new Map<string, unknown[]>();
  const note = (method: string) => (params: unknown) =>
    void heard.set(method, [...(heard.get(method) ?? []), params]);
  const notifications = [
    'notifications/message',
    'notifications/tools/list_changed',
    'notifications/progress',
  ];
  const published = new Map<string, unknown>([
    ...notifications.map((method) => [method, note(method)] as const),
    ['roots/list', () => ({ roots: [{ uri: 'file:///home/ada', name: 'ada' }] })],
  ]);
  const peer = await connect<ServerMethods>(
    spawn(process.execPath, [script, 'stdio'], { onSpawn: watchOver, stderr: 'ignore', exitTimeoutMs: 300 }),
    {
      dialect: mcp,
      handler: published,
      onWire: (event) => wire.push(event),
      onError: (error) => errors.push(error),
    },
  );
  const { protocolVersion, serverInfo } = await peer.call.initialize({
    protocolVersion: '2025-11-25',
    capabilities: { sampling: {}, elicitation: { form: {}, url: {} }, roots: { listChanged: true } },
    clientInfo: { name: 'test', version: '1' },
  });
  expect([protocolVersion, serverInfo.name]).toEqual(['2025-11-25', 'mcp-servers/everything']);
  peer.notify['notifications/initialized']();
  return { peer, wire, errors, heard, published };
}

const textOf = ({ content }: ToolResult): string => content.map(({ text }) => text).join('\n');

const longRunning = (duration: number, steps: number, progressToken?: string | number): object => ({
  name: 'trigger-long-running-operation',
  arguments: { duration, steps },
  ...(progressToken === undefined ? {} : { _meta: { progressToken } }),
});

describe('server-everything', () => {
  let started: Started;
  beforeAll(async () => {
    started = await start();
  });
  afterAll(async () => {
    const { peer, errors } = started;
    expect(peer.stats).toMatchObject({
      pending: 0,
      running: 0,
      exported: 0,
      imported: 0,
      stray: 0,
      invalid: 0,
    });
    await peer.close();
    expect(await peer.closed).toEqual({ by: 'here', error: undefined });
    expect(errors).toEqual([]);
  });

  test('lists and calls tools, and gives a resource and a prompt; what goes wrong says what', async () => {
    const { peer } = started;
    const { tools } = await peer.call['tools/list']();
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['echo', 'trigger-sampling-request']),
    );
    expect(textOf(await peer.call['tools/call']({ name: 'echo', arguments: { message: 'é𝄞' } }))).toBe(
      'Echo: é𝄞',
    );
    expect(textOf(await peer.call['tools/call']({ name: 'get-sum', arguments: { a: 2, b: 3 } }))).toContain(
      '5',
    );
    const uri = 'demo://resource/static/document/features.md';
    const { contents } = await peer.call['resources/read']({ uri });
    expect(contents[0]).toMatchObject({ uri, text: expect.stringContaining('# Everything') });
    expect((await peer.call['resources/templates/list']({})).resourceTemplates.length).toBeGreaterThan(0);
    const { messages } = await peer.call['prompts/get']({ name: 'args-prompt', arguments: { city: 'Oslo' } });
    expect(messages[0]?.content.text).toContain('Oslo');

    expect(await peer.call['tools/call']({ name: 'none' })).toMatchObject({ isError: true });
    await expect(peer.call['no/such']()).rejects.toBeInstanceOf(MethodNotFoundError);
    await expect(peer.call['prompts/get']({ name: 'none' })).rejects.toMatchObject({ code: -32602 });
    await expect(peer.call['resources/read']({ uri: 'demo://none' })).rejects.toMatchObject({
      name: 'InvalidParamsError',
      code: -32602,
      message: expect.stringContaining('demo://none'),
    });
    const needsUrl = { url: 'https://example.org/', message: 'go there', errorPath: true };
    const failure = await peer.call['tools/call']({
      name: 'trigger-url-elicitation',
      arguments: needsUrl,
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RemoteError);
    expect(failure).toMatchObject({
      code: -32042,
      data: { elicitations: [expect.objectContaining({ mode: 'url' })] },
    });
  });

  test('progress comes under tokens of ours, and of the program: a text, 7 and 0', async () => {
    const { peer, heard } = started;
    const steps = [1, 2, 3].map((progress) => ({ progress, total: 3 }));
    await Promise.all(
      [undefined, 'a text', 7, 0].map(async (token) => {
        const got: unknown[] = [];
        const caller = peer.with({ onProgress: (value) => got.push(value) });
        const result = await caller.call['tools/call'](longRunning(0.3, 3, token) as { name: string });
        expect(textOf(result)).toContain('completed');
        // The last of it may come in one go with the answer.
        expect(got, String(token)).toEqual(steps);
      }),
    );
    expect(heard.get('notifications/progress')).toBeUndefined();
    // A program may take them all itself: then they are notifications like any other.
    await peer.call['tools/call'](longRunning(0.1, 1, 'mine') as { name: string });
    expect(heard.get('notifications/progress')).toEqual([{ progressToken: 'mine', progress: 1, total: 1 }]);
  });

  test('progress extends a timeout that is shorter than the tool takes', async () => {
    const { peer } = started;
    const tool = longRunning(1.5, 6) as { name: string };
    const patient = peer.with({ timeout: 900, extendOnProgress: true });
    const [extended, plain] = await Promise.allSettled([
      patient.call['tools/call'](tool),
      peer.with({ timeout: 900 }).call['tools/call'](tool),
    ]);
    expect(extended).toMatchObject({ status: 'fulfilled' });
    expect(plain).toMatchObject({ status: 'rejected', reason: expect.any(TimeoutError) });
  });

  test('asks for a sample, for input and for roots, each within an open call', async () => {
    const asked: unknown[] = [];
    const { peer, heard, published } = started;
    published.set('sampling/createMessage', async ({ messages }: SamplingRequest) => {
      const { peer: server } = currentCall() as { peer: Peer<ServerMethods> };
      const inner = await server.call['tools/call']({ name: 'echo', arguments: { message: 'inner' } });
      return {
        role: 'assistant',
        model: 'none',
        content: { type: 'text', text: `${textOf(inner)}, ${messages[0]?.content.text}` },
      };
    });
    published.set('elicitation/create', (params: object) => {
      asked.push(params);
      return { action: 'accept', content: { name: 'Ada', check: true } };
    });
    const sampled = peer.call['tools/call']({
      name: 'trigger-sampling-request',
      arguments: { prompt: 'why' },
    });
    expect(textOf(await sampled)).toContain('Echo: inner, Resource trigger-sampling-request context: why');
    const elicited = peer.call['tools/call']({ name: 'trigger-elicitation-request', arguments: {} });
    expect(textOf(await elicited)).toContain('Name: Ada');
    expect(asked).toMatchObject([{ requestedSchema: { type: 'object' } }]);
    await expect.poll(() => heard.get('notifications/message')?.length).toBe(1);
    expect(textOf(await peer.call['tools/call']({ name: 'get-roots-list' }))).toContain('file:///home/ada');
  });

  test('hears why it gets no sample, and that nobody gives input', async () => {
    const { peer, published } = started;
    published.delete('elicitation/create');
    published.set('sampling/createMessage', () => {
      throw new RpcError('not today', { code: -1, data: { until: 'Monday' } });
    });
    const sampled = await peer.call['tools/call']({
      name: 'trigger-sampling-request',
      arguments: { prompt: 'why' },
    });
    expect(sampled.isError).toBe(true);
    expect(textOf(sampled)).toContain('not today');
    const elicited = await peer.call['tools/call']({ name: 'trigger-elicitation-request' });
    expect(elicited.isError).toBe(true);
    expect(textOf(elicited)).toContain('-32601');
  });

  test("a call that is given up is cancelled and never answered; what it still says of its progress is nobody's", async () => {
    const { peer, wire } = started;
    const stop = new AbortController();
    const caller = peer.with({ signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
    const { id, value } = caller.method['tools/call'](longRunning(0.6, 6) as { name: string });
    await expect(value).rejects.toBeInstanceOf(CancelledError);
    expect(peer.stats.pending).toBe(0);
    const cancel = wire.findIndex(({ text }) => text.includes(`{"requestId":${id}`));
    expect(JSON.parse(wire[cancel]?.text ?? '')).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: id, reason: 'enough' },
    });
    await pause(700);
    await peer.call.ping();
    const later = wire.slice(cancel + 1).filter(({ direction }) => direction === 'received');
    expect(later.filter(({ text }) => JSON.parse(text).id === id)).toEqual([]);
  });

  test('three megabytes go both ways', async () => {
    const { peer } = started;
    const message = '0123456789abcdé\n"'.repeat(3 * 2 ** 16);
    const echoed = await peer.call['tools/call']({ name: 'echo', arguments: { message } });
    expect(textOf(echoed) === `Echo: ${message}`).toBe(true);
  });

  test('pings, and logs as it is told to', async () => {
    const { peer, heard } = started;
    await peer.ping();
    expect(await peer.call.ping()).toEqual({});
    await peer.call['logging/setLevel']({ level: 'debug' });
    await peer.call['tools/call']({ name: 'toggle-simulated-logging' });
    const isLog = (params: unknown): boolean => /level.message/.test((params as { data: string }).data);
    await expect.poll(() => heard.get('notifications/message')?.filter(isLog)).toHaveLength(1);
  });

  test('a close with calls on both sides open leaves nothing', async () => {
    let isAborted = false;
    let begun = (): void => {};
    const open = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { peer, errors, published } = await start();
    published.set('sampling/createMessage', async () => {
      const { signal } = currentCall();
      begun();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      isAborted = true;
    });
    const failed = expect(
      peer.call['tools/call']({ name: 'trigger-sampling-request', arguments: { prompt: 'why' } }),
    ).rejects.toThrow('The connection is closed');
    await open;
    peer.abort();
    await failed;
    await expect.poll(() => isAborted).toBe(true);
    expect(peer.stats).toMatchObject({ pending: 0, running: 0 });
    expect(errors).toEqual([]);
  });
});
