import { setTimeout as pause } from 'node:timers/promises';
import {
  connect,
  createServer,
  currentCall,
  Handler,
  lsp,
  mcp,
  Peer,
  type RemoteFunction,
  TimeoutError,
} from '@bjsonrpc/peer';
import { memory, memoryPair, VirtualClock } from '@bjsonrpc/transport-memory';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rawFarSide } from '../raw-far-side.ts';
import { bareDuplex } from './bare-duplex.ts';

class Work extends Handler {
  async copy(files: number): Promise<string> {
    const call = currentCall();
    for (let i = 1; i <= files; i++) {
      call.progress({ done: i, of: files });
      await pause(1);
    }
    return 'copied';
  }
  quick(): string {
    currentCall().progress(1);
    return 'quick';
  }
  withCallback(): void {
    currentCall().progress(() => 'called back');
  }
  async late(): Promise<void> {
    const call = currentCall();
    void pause(5).then(() => call.progress('too late'));
  }
}

async function pair(): Promise<Peer<Work>> {
  const transport = memory();
  const server = await createServer(transport, () => new Work());
  const peer = await connect<Work>(transport);
  onTestFinished(async () => {
    await peer.close();
    await server.close();
  });
  return peer;
}

describe('in the extended profile', () => {
  test('a caller that wants to hears how far its call is, in order, before its answer', async () => {
    const peer = await pair();
    const heard: unknown[] = [];
    const caller = peer.with({ onProgress: (value) => heard.push(value) });
    expect(await caller.call.copy(3)).toBe('copied');
    expect(heard).toEqual([1, 2, 3].map((done) => ({ done, of: 3 })));
    expect(await caller.call.quick()).toBe('quick');
    expect(heard.at(-1)).toBe(1);
  });

  test('one that does not is sent nothing, and nor is anybody after the answer', async () => {
    const peer = await pair();
    await peer.call.copy(3);
    const { messagesIn } = peer.stats;
    expect(messagesIn).toBe(2); // the greeting and the answer
    const heard: unknown[] = [];
    await peer.with({ onProgress: (value) => heard.push(value) }).call.late();
    await pause(15);
    expect(heard).toEqual([]);
    expect(peer.stats.messagesIn).toBe(3);
  });

  test('what comes by reference can be used, and belongs to the program', async () => {
    const peer = await pair();
    let callback: RemoteFunction<() => string> | undefined;
    const onProgress = (value: unknown): void => {
      callback = value as RemoteFunction<() => string>;
    };
    await peer.with({ onProgress }).call.withCallback();
    expect(await callback?.()).toBe('called back');
    callback?.close();
    await expect.poll(() => peer.stats.imported).toBe(0);
  });

  test('what a listener throws disturbs nobody, and is reported', async () => {
    const errors: unknown[] = [];
    const transport = memory();
    await using server = await createServer(transport, () => new Work());
    await using peer = await connect<Work>(transport, { onError: (error) => errors.push(error) });
    const onProgress = (): void => {
      throw new Error('mine');
    };
    expect(await peer.with({ onProgress }).call.quick()).toBe('quick');
    expect(errors).toEqual([expect.objectContaining({ message: 'mine' })]);
    expect(server.connections.size).toBe(1);
  });

  test('progress of calls that are over, or never were, is ignored', async () => {
    const far = rawFarSide(undefined, { dialled: true });
    await far.next();
    far.write('{"params":[{"version":1,"extensions":[]}],"method":"$/hello"}');
    const heard: unknown[] = [];
    const call = far.peer.with({ onProgress: (value) => heard.push(value) }).call.any?.();
    expect(JSON.parse(await far.next())).toEqual({ method: 'any', id: 1, progress: true });
    for (const params of [[2, 'x'], ['1', 'x'], [], null, { id: 1 }, [1, 'right']])
      far.write(JSON.stringify({ params, method: '$/progress' }));
    far.write('{"id":1,"result":5,"error":null}');
    far.write('{"params":[1,"late"],"method":"$/progress"}');
    expect(await call).toBe(5);
    await pause(5);
    expect(heard).toEqual(['right']);
  });
});

test('what cannot be sent, since too much waits unread, is thrown, and what it referred to is not held', () => {
  const end = bareDuplex();
  let thrown: unknown;
  const peer = new Peer({
    duplex: end.duplex,
    options: { limits: { maxConnectionBytes: 40_000 } },
    info: { transport: 'test' },
    dialled: false,
    handler: {
      work: () => {
        try {
          currentCall().progress([() => {}, 'x'.repeat(100_000)]);
        } catch (error) {
          thrown = error;
        }
      },
    },
  });
  const say = (text: string): void => end.receiver.onMessage(text);
  say('{"params":[{"version":1,"extensions":["references"]}],"method":"$/hello"}');
  end.fill();
  say('{"method":"work","id":1}'); // its answer fills the buffer
  say('{"method":"work","id":2,"progress":true}');
  expect(thrown).toMatchObject({ message: expect.stringContaining('maxConnectionBytes') });
  expect(peer.stats.exported).toBe(0);
  peer.abort();
});

describe('a timeout that progress extends', () => {
  const CALL_MS = 1000;

  function sides(): { clock: VirtualClock; peer: Peer; say(text: string): void; sent: string[] } {
    const clock = new VirtualClock();
    const [near, far] = memoryPair({ clock });
    const sent: string[] = [];
    far.start({ onMessage: (text) => void sent.push(text), onClose: () => {} });
    const peer = new Peer({
      duplex: near,
      options: { clock, dialect: lsp, timeout: CALL_MS },
      info: { transport: 'memory' },
      dialled: true,
      handler: undefined,
    });
    onTestFinished(() => peer.abort());
    return { clock, peer, say: (text) => void far.send(text), sent };
  }
  const progress = '{"jsonrpc":"2.0","method":"$/progress","params":{"token":1,"value":1}}';

  test.each([{ timeout: CALL_MS }, {}])('begins anew with each: %o', async (options) => {
    const { clock, peer, say } = sides();
    const call = peer.with({ ...options, extendOnProgress: true }).call.any?.() as Promise<unknown>;
    const failed = expect(call).rejects.toBeInstanceOf(TimeoutError);
    for (let i = 0; i < 5; i++) {
      await clock.advance(0.9 * CALL_MS);
      expect(peer.stats.pending).toBe(1);
      say(progress);
    }
    await clock.advance(0.9 * CALL_MS);
    expect(peer.stats.pending).toBe(1);
    await clock.advance(0.2 * CALL_MS);
    expect(peer.stats.pending).toBe(0);
    await failed;
  });

  test('is not extended unless that is asked for, and never beyond a deadline', async () => {
    const { clock, peer, say } = sides();
    const heard: unknown[] = [];
    const call = peer.with({ timeout: CALL_MS, onProgress: (value) => heard.push(value) }).call.any?.();
    const failed = expect(call).rejects.toBeInstanceOf(TimeoutError);
    await clock.advance(0.9 * CALL_MS);
    say(progress);
    await clock.advance(0.2 * CALL_MS);
    expect(heard).toEqual([1]);
    expect(peer.stats.pending).toBe(0);
    await failed;
    const deadline = Date.now() + 1.5 * CALL_MS;
    const other = peer.with({ timeout: CALL_MS, deadline, extendOnProgress: true }).call.any?.();
    const late = expect(other).rejects.toBeInstanceOf(TimeoutError);
    await clock.advance(0.9 * CALL_MS);
    say(progress.replace('"token":1', '"token":2'));
    await clock.advance(0.5 * CALL_MS);
    expect(peer.stats.pending).toBe(1);
    await clock.advance(0.3 * CALL_MS);
    expect(peer.stats.pending).toBe(0);
    await late;
  });
});

describe('tokens', () => {
  const work = async (): Promise<object> => {
    const call = currentCall();
    call.progress({ kind: 'begin', title: 'work' });
    return {};
  };

  test.each(['7', 7, 0, 'x/y', 9007199254740991])('of LSP: %j', async (token) => {
    for (const name of ['workDoneToken', 'partialResultToken']) {
      const far = rawFarSide({ work }, { dialect: lsp });
      far.write(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'work', params: { [name]: token } }));
      expect(JSON.parse(await far.next())).toEqual({
        jsonrpc: '2.0',
        method: '$/progress',
        params: { token, value: { kind: 'begin', title: 'work' } },
      });
      expect(JSON.parse(await far.next())).toMatchObject({ id: 1 });
    }
  });

  test.each(['7', 7, 0])('of MCP: %j', async (progressToken) => {
    const far = rawFarSide(
      {
        work: () => {
          currentCall().progress(0.5);
          currentCall().progress({ progress: 2, total: 3, message: 'm' });
          return {};
        },
      },
      { dialect: mcp },
    );
    far.write(
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'work', params: { _meta: { progressToken } } }),
    );
    const params = async (): Promise<unknown> => JSON.parse(await far.next()).params;
    expect(await params()).toEqual({ progress: 0.5, progressToken });
    expect(await params()).toEqual({ progress: 2, total: 3, message: 'm', progressToken });
    // A client that reads both in one go would take the answer for the end of it.
    const progressCameFirst = far.sent.length;
    await far.next();
    expect(progressCameFirst).toBe(2);
  });

  test('of MCP: what is said is ahead of the answer, whenever it was said, and for no longer than that', async () => {
    const clock = new VirtualClock();
    const [near, far] = memoryPair({ clock });
    const sent: unknown[] = [];
    far.start({ onMessage: (text) => void sent.push(JSON.parse(text)), onClose: () => {} });
    const endless = async (): Promise<void> => {
      const call = currentCall();
      call.progress(1);
      const say = (): void => {
        call.progress(2);
        clock.setTimeout(say, 1);
      };
      clock.setTimeout(say, 4);
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 3));
    };
    const peer = new Peer({
      duplex: near,
      options: { clock, dialect: mcp },
      info: { transport: 'memory' },
      dialled: false,
      handler: { endless },
    });
    onTestFinished(() => peer.abort());
    void far.send('{"jsonrpc":"2.0","id":1,"method":"endless","params":{"_meta":{"progressToken":"t"}}}');
    await clock.advance(8);
    expect(sent).toMatchObject([{ params: { progress: 1, progressToken: 't' } }]);
    await clock.advance(10);
    expect(sent.slice(1)).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
    expect(peer.stats.running).toBe(0);
    // Who wants to hear of no progress waits for nothing.
    void far.send('{"jsonrpc":"2.0","id":2,"method":"endless"}');
    await clock.advance(4);
    expect(sent).toHaveLength(3);
  });

  test.each([null, true, {}, [1]])('that are none are not answered: %j', async (progressToken) => {
    const far = rawFarSide({ work }, { dialect: mcp });
    const answer = await far.ask(
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'work', params: { _meta: { progressToken } } }),
    );
    expect(JSON.parse(answer)).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  });

  test("of a program's own stay as they are, and are listened to", async () => {
    const far = rawFarSide(undefined, { dialect: lsp, dialled: true });
    const heard: unknown[] = [];
    const call = far.peer
      .with({ onProgress: (value) => heard.push(value) })
      .call.find?.({ partialResultToken: 'mine' });
    expect(JSON.parse(await far.next()).params).toEqual({ partialResultToken: 'mine' });
    far.write('{"jsonrpc":"2.0","method":"$/progress","params":{"token":"mine","value":[1]}}');
    far.write('{"jsonrpc":"2.0","id":1,"result":null}');
    expect(await call).toBeNull();
    expect(heard).toEqual([[1]]);
  });

  test('that two calls share are those of the later one, and stay so when the earlier one is over', async () => {
    const far = rawFarSide(undefined, { dialect: mcp, dialled: true });
    const heard: unknown[] = [];
    const calls = ['first', 'second'].map((who) =>
      far.peer
        .with({ onProgress: (value) => heard.push([who, value]) })
        .call.work?.({ _meta: { progressToken: 7 } }),
    );
    far.write('{"jsonrpc":"2.0","id":1,"result":{}}');
    far.write(
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,"progress":1}}',
    );
    far.write('{"jsonrpc":"2.0","id":2,"result":{}}');
    await Promise.all(calls);
    expect(heard).toEqual([['second', { progress: 1 }]]);
  });

  test("that nobody here waits for are the program's: a server may make its own", async () => {
    const seen: unknown[] = [];
    const far = rawFarSide(
      {
        'window/workDoneProgress/create': (params: unknown) => void seen.push(params),
        '$/progress': (params: unknown) => void seen.push(params),
      },
      { dialect: lsp, dialled: true },
    );
    const created = await far.ask(
      '{"jsonrpc":"2.0","id":"s1","method":"window/workDoneProgress/create","params":{"token":"t"}}',
    );
    expect(created).toBe('{"jsonrpc":"2.0","id":"s1","result":null}');
    far.write('{"jsonrpc":"2.0","method":"$/progress","params":{"token":"t","value":{"kind":"end"}}}');
    await expect.poll(() => seen).toEqual([{ token: 't' }, { token: 't', value: { kind: 'end' } }]);
  });
});
