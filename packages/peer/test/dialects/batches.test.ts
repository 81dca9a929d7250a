import { setImmediate as turn } from 'node:timers/promises';
import { jsonrpc2, Peer, RemoteError } from '@bjsonrpc/peer';
import { memoryPair } from '@bjsonrpc/transport-memory';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rawFarSide } from '../raw-far-side.ts';
import { bareDuplex } from './bare-duplex.ts';

interface Api {
  add(a: number, b: number): number;
  log(text: string): void;
  fail(): never;
  object(): { get(): number };
}

describe('peer.batch', () => {
  test('is one message; each call has a promise of its own', async () => {
    const far = rawFarSide(undefined, { dialect: jsonrpc2, dialled: true });
    const peer = far.peer as Peer<Api>;
    const [sum, failed] = peer.batch(() => {
      peer.notify.log('x');
      return [peer.call.add(1, 2), peer.call.fail().catch((error: unknown) => error)] as const;
    });
    expect(await far.next()).toBe(
      '[{"jsonrpc":"2.0","method":"log","params":["x"]},{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]},{"jsonrpc":"2.0","id":2,"method":"fail"}]',
    );
    far.write(
      '[{"jsonrpc":"2.0","id":2,"error":{"code":5,"message":"no"}},{"jsonrpc":"2.0","id":1,"result":3}]',
    );
    expect(await sum).toBe(3);
    expect(await failed).toMatchObject({ code: 5, message: 'no' });
    expect(peer.stats.pending).toBe(0);
  });

  test('works in the original, and builds on results within itself', async () => {
    const [near, there] = memoryPair();
    const handler = {
      add: (a: number, b: number) => a + b,
      object: () => ({ get: 1 }),
    };
    const make = (duplex: typeof near, dialled: boolean): Peer<Api> =>
      new Peer<Api>({ duplex, options: {}, info: { transport: 'memory' }, dialled, handler });
    const peer = make(near, true);
    make(there, false);
    onTestFinished(() => peer.abort());
    await peer.ping();
    const { messagesOut } = peer.stats;
    expect(await Promise.all(peer.batch(() => [peer.call.add(1, 2), peer.call.add(3, 4)]))).toEqual([3, 7]);
    expect(peer.stats.messagesOut).toBe(messagesOut + 1);
  });

  test('of one call is that call, of none is nothing, and one within another is part of it', async () => {
    const far = rawFarSide(undefined, { dialect: jsonrpc2, dialled: true });
    const peer = far.peer as Peer<Api>;
    peer.batch(() => {});
    peer.batch(() => peer.notify.log('a'));
    peer.batch(() => {
      peer.notify.log('b');
      peer.batch(() => peer.notify.log('c'));
    });
    expect(await far.next()).toBe('{"jsonrpc":"2.0","method":"log","params":["a"]}');
    expect(JSON.parse(await far.next())).toHaveLength(2);
    expect(peer.stats.messagesOut).toBe(2);
  });

  test('what is thrown in there is thrown, and what had been called is sent', async () => {
    const far = rawFarSide(undefined, { dialect: jsonrpc2, dialled: true });
    const peer = far.peer as Peer<Api>;
    const call = (): void =>
      peer.batch(() => {
        peer.notify.log('a');
        peer.notify.log('b');
        throw new Error('mine');
      });
    expect(call).toThrow('mine');
    expect(JSON.parse(await far.next())).toHaveLength(2);
  });

  test('longer than one message may be, or of more calls, it is several', async () => {
    const far = rawFarSide(undefined, {
      dialect: jsonrpc2,
      dialled: true,
      limits: { maxBatchLength: 3, maxMessageBytes: 3000 },
    });
    const peer = far.peer as Peer<Api>;
    peer.batch(() => {
      for (let i = 0; i < 7; i++) peer.notify.log(`${i}`);
    });
    const texts = [await far.next(), await far.next(), await far.next()];
    expect(texts.map((text) => [JSON.parse(text)].flat().length)).toEqual([3, 3, 1]);
    peer.batch(() => {
      for (let i = 0; i < 3; i++) peer.notify.log('x'.repeat(600));
    });
    expect([await far.next(), await far.next(), await far.next()].map((text) => text[0])).toEqual([
      '{',
      '{',
      '{',
    ]);
  });

  test('answered as a whole, by an error without an id, all of its calls fail at once', async () => {
    const far = rawFarSide(undefined, { dialect: jsonrpc2, dialled: true });
    const peer = far.peer as Peer<Api>;
    const other = peer.call.add(0, 0);
    const calls = peer.batch(() => [peer.call.add(1, 2), peer.call.add(3, 4)]);
    const failed = Promise.allSettled(calls);
    far.write('{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches here"}}');
    for (const outcome of await failed)
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: -32600, message: 'no batches here' },
      });
    far.write('{"jsonrpc":"2.0","id":1,"result":0}');
    expect(await other).toBe(0);
    expect(peer.stats.pending).toBe(0);
    // One that has been answered in part has been read.
    const answered = peer.batch(() => [peer.call.add(1, 2), peer.call.add(3, 4)]);
    far.write('[{"jsonrpc":"2.0","id":4,"result":3}]');
    far.write('{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"something else"}}');
    far.write('{"jsonrpc":"2.0","id":5,"result":7}');
    expect(await Promise.all(answered)).toEqual([3, 7]);
  });

  const stray = (code: number): string =>
    `{"jsonrpc":"2.0","id":null,"error":{"code":${code},"message":"stray"}}`;
  test.each([
    ['beside the answers', `[${stray(-32600)},{"jsonrpc":"2.0","id":1,"result":3}]`],
    ['for an unknown notification', `${stray(-32601)}\n{"jsonrpc":"2.0","id":1,"result":3}`],
    ['for one whose parameters are wrong', `[${stray(-32602)}]\n{"jsonrpc":"2.0","id":1,"result":3}`],
  ])('an error without an id is not of the whole batch: %s', async (_, answers) => {
    const far = rawFarSide(undefined, { dialect: jsonrpc2, dialled: true });
    const peer = far.peer as Peer<Api>;
    const sum = peer.batch(() => {
      const call = peer.call.add(1, 2);
      peer.notify.log('unknown');
      return call;
    });
    for (const answer of answers.split('\n')) far.write(answer);
    expect(await sum).toBe(3);
    expect(peer.stats).toMatchObject({ pending: 0, stray: 1 });
  });
});

describe('a long batch', () => {
  /** Long enough for a dozen slices. */
  const slow = (ms: number): void => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  const elements = (count: number, method: string): string =>
    `[${Array.from({ length: count }, (_, i) => `{"jsonrpc":"2.0","id":${i},"method":"${method}"}`).join()}]`;

  test('lets others have their turn, and what comes behind it wait', async () => {
    let ran = 0;
    const far = rawFarSide({ slow: () => ++ran && slow(1), after: () => ran }, { dialect: jsonrpc2 });
    let turns = 0;
    let isOver = false;
    const counting = (async () => {
      while (!isOver) {
        await turn();
        turns++;
      }
    })();
    far.write(elements(50, 'slow'));
    far.write('{"jsonrpc":"2.0","id":"after","method":"after"}');
    const first = JSON.parse(await far.next()) as unknown[];
    isOver = true;
    await counting;
    expect(first).toHaveLength(50);
    expect(turns).toBeGreaterThan(10);
    expect(JSON.parse(await far.next())).toMatchObject({ id: 'after', result: 50 });
  });

  test('ends with its connection, but for answers that have come', async () => {
    let ran = 0;
    const far = rawFarSide(
      {
        slow: () => {
          ran++;
          slow(1);
        },
      },
      { dialect: jsonrpc2 },
    );
    const call = far.peer.call.any?.() as Promise<unknown>;
    await far.next();
    const answer = '{"jsonrpc":"2.0","id":1,"result":"in time"}';
    far.write(elements(500, 'slow').replace(/]$/, `,${answer}]`));
    await turn();
    await turn();
    await expect.poll(() => ran).toBeGreaterThan(0);
    far.peer.abort();
    expect(await call).toBe('in time');
    const at = ran;
    await turn();
    expect(ran).toBe(at);
    expect(at).toBeLessThan(500);
  });

  test('behind which the other side has said its last is read to its end, and answered', async () => {
    const end = bareDuplex();
    const { duplex, sent } = end;
    const peer = new Peer({
      duplex,
      options: { dialect: jsonrpc2 },
      info: { transport: 'test' },
      dialled: false,
      handler: { slow: () => slow(1) },
    });
    end.receiver.onMessage(elements(50, 'slow'));
    end.receiver.onEnd?.(); // as `printf … | nc` does
    await peer.closed;
    const answers = JSON.parse(sent.join()) as { result?: unknown }[];
    expect(answers.filter(({ result }) => result === null)).toHaveLength(50);
  });

  test('of answers that do not fit into one message is answered in several', async () => {
    const text = 'x'.repeat(500);
    const far = rawFarSide({ text: () => text }, { dialect: jsonrpc2, limits: { maxMessageBytes: 6000 } });
    far.write(elements(10, 'text'));
    let ids: number[] = [];
    while (ids.length < 10) {
      const message = await far.next();
      expect(message.length).toBeLessThan(6000);
      ids = [...ids, ...(JSON.parse(message) as { id: number }[]).map(({ id }) => id)];
    }
    expect(ids).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('whose answers would take too much memory is answered early, and nothing is kept', async () => {
    const text = 'x'.repeat(1000);
    let go = (): void => {};
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    const far = rawFarSide(
      { text: () => text, wait: () => gone },
      { dialect: jsonrpc2, limits: { maxConnectionBytes: 5000 } },
    );
    far.write(elements(20, 'text').replace('[', '[{"jsonrpc":"2.0","id":"w","method":"wait"},'));
    const early = JSON.parse(await far.next()) as unknown[];
    expect(early.length).toBeGreaterThan(1);
    expect(early.length).toBeLessThan(20);
    go();
    let count = early.length;
    while (count < 21) count += (JSON.parse(await far.next()) as unknown[]).length;
    expect(count).toBe(21);
    // All of it is free again.
    far.write(elements(4, 'text'));
    expect(JSON.parse(await far.next())).toHaveLength(4);
  });
});

test('a batch that is too long is refused as a whole, and its calls fail with the reason', async () => {
  const [near, there] = memoryPair();
  const peer = new Peer<Api>({
    duplex: near,
    options: { dialect: jsonrpc2 },
    info: { transport: 'memory' },
    dialled: true,
    handler: undefined,
  });
  new Peer({
    duplex: there,
    options: { dialect: jsonrpc2, limits: { maxBatchLength: 2 } },
    info: { transport: 'memory' },
    dialled: false,
    handler: { add: (a: number, b: number) => a + b },
  });
  onTestFinished(() => peer.abort());
  const outcomes = await Promise.allSettled(
    peer.batch(() => [peer.call.add(1, 1), peer.call.add(2, 2), peer.call.add(3, 3)]),
  );
  for (const outcome of outcomes) {
    expect(outcome.status === 'rejected' && outcome.reason).toBeInstanceOf(RemoteError);
    expect(outcome).toMatchObject({ reason: { message: expect.stringContaining('maxBatchLength') } });
  }
});
