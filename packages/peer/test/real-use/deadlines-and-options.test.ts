import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectOptions, connect, createServer, currentCall, Handler, type Peer } from '@bjsonrpc/peer';
import { memory, VirtualClock } from '@bjsonrpc/transport-memory';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { failureOf } from '../by-hand/failure-of.ts';

class Api extends Handler<{ left(): number | undefined }> {
  add(a: number, b: number): number {
    return a + b;
  }
  /** How long the caller still waits, as this side tells the time. */
  left(): number | undefined {
    const { deadline } = currentCall();
    return deadline === undefined ? undefined : deadline - Date.now();
  }
  async passOn(): Promise<unknown> {
    return this.peer.with(currentCall()).call.left();
  }
  async passOnLate(): Promise<unknown> {
    const call = currentCall();
    vi.setSystemTime(Date.now() - 86_400_000); // somebody sets the clock back by a day
    await sleep(20);
    return failureOf((call.peer as Peer<Api>).with(call).call.left());
  }
  wait(): Promise<never> {
    return new Promise(() => {});
  }
}

async function open(options: ConnectOptions = {}) {
  const network = memory();
  const server = await createServer(network, () => new Api());
  const peer = await connect<Api>(network, { handler: new Api(), ...options });
  onTestFinished(async () => {
    await peer.close({ graceMs: 0 });
    await server.close({ graceMs: 0 });
  });
  return peer;
}

afterEach(() => vi.useRealTimers());

const DAY_MS = 86_400_000;

describe('a deadline', () => {
  test('is a moment as Date.now() counts them', async () => {
    const peer = await open();
    const left = await peer.with({ deadline: Date.now() + 5000 }).call.left();
    expect(left).toBeGreaterThan(4000);
    expect(left).toBeLessThanOrEqual(5001);
    expect(await peer.call.left()).toBeNull();
    expect(await peer.with({ deadline: Date.now() + 5000, timeout: 1000 }).call.left()).toBeLessThanOrEqual(
      1001,
    );
    expect(await peer.with({ deadline: Date.now() + 1000, timeout: 5000 }).call.left()).toBeLessThanOrEqual(
      1001,
    );
    expect(await peer.with({ deadline: Number.POSITIVE_INFINITY }).call.add(1, 2)).toBe(3);
  });

  test.each([0, 1, -5, Number.NEGATIVE_INFINITY])(
    'that has passed (%d) fails the call, and names it',
    async (deadline) => {
      const peer = await open();
      expect(await failureOf(peer.with({ deadline }).call.add(1, 2))).toMatchObject({
        name: 'TimeoutError',
        message: expect.stringContaining("'add'"),
      });
      expect(
        await failureOf(
          peer
            .with({ deadline: Date.now() - 1 })
            .pipe.add(1, 2)
            .next(),
        ),
      ).toMatchObject({
        name: 'TimeoutError',
      });
    },
  );

  test('holds though the clock on the wall jumps, forwards or back', async () => {
    const peer = await open();
    for (const jump of [-DAY_MS, DAY_MS]) {
      vi.useFakeTimers({ toFake: ['Date'] });
      const calling = peer.with({ deadline: Date.now() + 60 });
      const started = performance.now();
      const failure = failureOf(calling.call.wait());
      vi.setSystemTime(Date.now() + jump);
      expect(await calling.call.add(1, 2)).toBe(3); // it is not over yet
      expect(await failure).toMatchObject({ name: 'TimeoutError' });
      expect(performance.now() - started).toBeLessThan(5000);
      vi.useRealTimers();
    }
  });

  test('is passed on by the context of a call, however the clock jumps', async () => {
    const peer = await open();
    const left = await peer.with({ timeout: 5000 }).call.passOn();
    expect(left).toBeGreaterThan(4000);
    vi.useFakeTimers({ toFake: ['Date'] });
    expect(
      await peer
        .with({ timeout: 10 })
        .call.passOnLate()
        .catch((error: Error) => error),
    ).toMatchObject({
      name: 'TimeoutError',
    });
  });

  test('counts on an injected clock, and needs no other', async () => {
    const clock = new VirtualClock();
    const peer = await open({ clock });
    const failure = failureOf(peer.with({ deadline: Date.now() + 3_600_000 }).call.wait());
    await clock.advance(3_500_000);
    expect(peer.stats.pending).toBe(1);
    await clock.advance(200_000);
    expect(await failure).toMatchObject({ name: 'TimeoutError', message: expect.stringContaining("'wait'") });
  });
});

describe('what is wrong with an option is a TypeError that names it', () => {
  const network = memory();

  test.each<[object, RegExp]>([
    [{ timeout: '5s' }, /timeout must be a number.*'5s'/],
    [{ timeout: Number.NaN }, /timeout must be a number.*NaN/],
    [{ timeout: -1 }, /timeout/],
    [{ timeout: null }, /timeout must be a number.*null/],
    [{ timeout: 5n }, /timeout/],
    [{ timeout: new Date() }, /timeout/],
    [{ timeOut: 5000 }, /'timeOut'.*timeout/],
    [{ pingInterval: '1' }, /pingInterval/],
    [{ limits: { maxDepth: '200' } }, /maxDepth/],
    [{ limits: { maxMessageByte: 5 } }, /'maxMessageByte'.*maxMessageBytes/],
    [{ limits: { maxRunningCalls: Number.NaN } }, /maxRunningCalls/],
    [{ onError: true }, /onError must be a function/],
    [{ trace: true }, /trace must be a function/],
    [{ onWire: 'x' }, /onWire must be a function/],
    [{ random: 4 }, /random must be a function/],
  ])('of connect and createServer: %o', async (options, message) => {
    for (const promise of [connect(network, options), createServer(network, () => new Api(), options)]) {
      const error = await failureOf(promise);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(message);
    }
  });

  test('of connect, which a server has not', async () => {
    expect(await failureOf(connect(network, { signal: {} as AbortSignal }))).toBeInstanceOf(TypeError);
    const error = await failureOf(createServer(network, () => new Api(), { handler: {} } as object));
    expect(error.message).toContain("'handler'");
  });

  test.each<[object, RegExp]>([
    [{ timeout: '5s' }, /timeout must be a number.*'5s'/],
    [{ timeout: Number.NaN }, /timeout/],
    [{ timeOut: 5 }, /'timeOut'/],
    [{ timeoutMs: 5 }, /'timeoutMs'/],
    [{ deadline: '2030-01-01' }, /deadline must be a number/],
    [{ deadline: new Date() }, /deadline must be a number/],
    [{ deadline: Number.NaN }, /deadline must be a number/],
    [{ deadline: null }, /deadline must be a number/],
    [{ signal: {} }, /AbortSignal/],
    [{ signal: null }, /AbortSignal/],
    [{ abortSignal: AbortSignal.abort() }, /'abortSignal'/],
  ])('of with, of peers and objects, and of ping: %o', async (options, message) => {
    const network = memory();
    await using _server = await createServer(network, () => ({ self: () => new Api() }));
    await using peer = await connect<{ self(): Api }>(network);
    const object = await peer.call.self();
    for (const run of [() => peer.with(options), () => object.with(options)]) {
      expect(run).toThrow(TypeError);
      expect(run).toThrow(message);
    }
    expect(await failureOf(peer.ping(options))).toBeInstanceOf(TypeError);
    expect(await object.call.add(1, 2)).toBe(3);
    object.close();
  });

  test.each<[object, RegExp]>([
    [{ grace: 5 }, /'grace'.*graceMs/],
    [{ graceMs: '5' }, /graceMs must be a number/],
    [{ graceMs: -1 }, /graceMs/],
  ])('of close, which then closes nothing: %o', async (options, message) => {
    const network = memory();
    const server = await createServer(network, () => new Api());
    const peer = await connect<Api>(network);
    for (const closing of [peer.close(options), server.close(options)]) {
      const error = await failureOf(closing);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(message);
    }
    expect(await peer.call.add(1, 2)).toBe(3);
    await peer.close({ graceMs: Number.POSITIVE_INFINITY });
    await server.close({});
  });

  test('undefined is as good as not given', async () => {
    const peer = await open({
      timeout: undefined,
      limits: { maxDepth: undefined },
      onError: undefined,
    } as object);
    const options = { timeout: undefined, deadline: undefined, signal: undefined };
    expect(await peer.with(options).call.add(1, 2)).toBe(3);
  });
});

test('dialling has the timeout of the options, which the error names', async () => {
  const never = {
    ...memory(),
    dial: ({ signal }: { signal?: AbortSignal }) =>
      new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  } as ReturnType<typeof memory>;
  expect(await failureOf(connect(never, { timeout: 20 }))).toMatchObject({
    name: 'TimeoutError',
    message: expect.stringMatching(/20 ms \(timeout\)/),
  });
});
