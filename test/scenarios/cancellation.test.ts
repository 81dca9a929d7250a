import { until } from '@bjsonrpc/duplex-suite';
import { CancelledError, currentCall, Handler, TimeoutError } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { overTransports } from './session.ts';

/** Handlers that end when they are told to, and remember why. */
class Api extends Handler {
  readonly reasons: unknown[] = [];
  most = 0;
  running = 0;

  wait(): Promise<never> {
    const { signal } = currentCall();
    this.running++;
    this.most = Math.max(this.most, this.running);
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        this.reasons.push(signal.reason);
        this.running--;
        reject(signal.reason);
      });
    });
  }
  /** Takes no notice of its signal. */
  deaf(until: { readonly over: Promise<unknown> }): Promise<unknown> {
    return until.over;
  }
  deadline(): number | undefined {
    return currentCall().deadline;
  }
  nothing(): number {
    return 1;
  }
}

overTransports((open, { name }) => {
  test('an abort rejects the call at once, and fires the callee’s signal', async () => {
    const api = new Api();
    const { client, server, emptied } = await open<Api>({ api });
    const controller = new AbortController();
    const call = client.with({ signal: controller.signal }).call.wait();
    await until('the call runs', () => server.stats.running === 1);
    controller.abort(new Error('changed my mind'));
    await expect(call).rejects.toThrow(CancelledError);
    await expect(call).rejects.toMatchObject({ code: -32800, cause: { message: 'changed my mind' } });
    await emptied();
    expect(api.reasons).toHaveLength(1);
    expect(api.reasons[0]).toBeInstanceOf(CancelledError);
    await client.ping();
    expect(client.stats.stray).toBe(1); // answered all the same, once
  });

  test('a signal that has aborted already sends nothing', async () => {
    const { client, server, emptied } = await open<Api>({ api: new Api() });
    const { messagesIn } = server.stats;
    const call = client.with({ signal: AbortSignal.abort() }).call.wait();
    await expect(call).rejects.toThrow(CancelledError);
    await client.ping();
    expect(server.stats.messagesIn).toBe(messagesIn + 1); // the ping
    await emptied();
  });

  test('a signal outlives its calls and keeps no listener of them', async () => {
    const { client, emptied } = await open<Api>({ api: new Api() });
    const { signal } = new AbortController();
    let listeners = 0;
    const counting = new Proxy(signal, {
      get: (target, name) => {
        if (name === 'addEventListener') listeners++;
        if (name === 'removeEventListener') listeners--;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    for (let i = 0; i < 10; i++) await client.with({ signal: counting }).call.nothing();
    expect(listeners).toBe(0);
    await emptied();
  });

  test('a Request is cancelled by its handle; after its answer that does nothing', async () => {
    const api = new Api();
    const { client, server, emptied } = await open<Api>({ api });
    const request = client.method.wait();
    await until('the call runs', () => server.stats.running === 1);
    expect(request.hasResponse).toBe(false);
    request.cancel();
    request.cancel();
    await expect(request.value).rejects.toThrow('The call was cancelled');
    expect(request.hasResponse).toBe(true);
    const answered = client.method.nothing();
    expect(await answered.value).toBe(1);
    answered.cancel();
    expect(await answered.value).toBe(1);
    await emptied();
    expect(api.reasons).toHaveLength(1);
  });

  test('a timeout fires on both sides', async () => {
    const api = new Api();
    const { client, emptied } = await open<Api>({ api });
    const call = client.with({ timeout: 20 }).call.wait();
    await expect(call).rejects.toThrow(TimeoutError);
    // Whichever side's clock is first.
    await expect(call).rejects.toMatchObject({
      message: expect.stringMatching(/^(No answer within 20 ms to 'wait'|The deadline has passed)$/),
      code: -32003,
    });
    await emptied();
    expect(api.reasons).toHaveLength(1);
  });

  test('a deadline that has passed sends nothing', async () => {
    const { client, server } = await open<Api>({ api: new Api() });
    const { messagesIn } = server.stats;
    await expect(client.with({ deadline: Date.now() - 1 }).call.wait()).rejects.toThrow(
      'The deadline had passed before the call',
    );
    await client.ping();
    expect(server.stats.messagesIn).toBe(messagesIn + 1); // the ping
  });

  test('a plain call has no deadline', async () => {
    const { client } = await open<Api>({ api: new Api() });
    expect(await client.call.deadline()).toBe(null);
  });

  test('context passed on: a cancelled call cancels the calls that it makes', async () => {
    const inner = new Api();
    const api = {
      outer(this: never): unknown {
        const call = currentCall();
        return call.peer.with(call).call.wait?.();
      },
    };
    const { client, server, emptied } = await open<typeof api>({ api, clientApi: inner });
    const request = client.method.outer();
    await until('the inner call runs', () => client.stats.running === 1);
    request.cancel();
    await emptied();
    expect(inner.reasons).toHaveLength(1);
    expect(server.stats.pending).toBe(0);
  });

  test('the slot of a cancelled call is free only when its handler settles', async () => {
    const api = new Api();
    let finish: (value: string) => void = () => {};
    const over = new Promise((resolve) => {
      finish = resolve;
    });
    const deaf = { deaf: () => over, nothing: () => 1 };
    const { client, server, emptied } = await open<typeof deaf>({
      api: deaf,
      serverOptions: { limits: { maxRunningCalls: 1 } },
    });
    const cancelled = client.method.deaf();
    await until('the call runs', () => server.stats.running === 1);
    cancelled.cancel();
    const next = client.method.nothing();
    await client.ping();
    expect(next.hasResponse).toBe(false);
    expect(server.stats.running).toBe(2);
    finish('late');
    expect(await next.value).toBe(1);
    await emptied();
    expect(api.reasons).toEqual([]);
  });

  test('a call that waits for its turn is cancelled without ever running', async () => {
    const api = new Api();
    const { client, server, emptied } = await open<Api>({
      api,
      serverOptions: { limits: { maxRunningCalls: 1 } },
    });
    const first = client.method.wait();
    const second = client.method.wait();
    await until('both are there', () => server.stats.running === 2);
    second.cancel();
    await until('the second is gone', () => server.stats.running === 1);
    expect(api.most).toBe(1);
    first.cancel();
    await emptied();
    expect(api.reasons).toHaveLength(1);
  });

  test('cancellations are read even when so many calls wait that reading is held back', async () => {
    const api = new Api();
    const { client, server, emptied } = await open<Api>({
      api,
      serverOptions: { limits: { maxRunningCalls: 10, maxQueuedCalls: 100 } },
    });
    const requests = Array.from({ length: 100 }, () => client.method.wait());
    await until('the calls are there', () => server.stats.running >= 50);
    for (const request of requests) request.cancel();
    await emptied();
    expect(api.most).toBeLessThanOrEqual(10);
  });

  const flood = name === 'memory' ? 100_000 : 20_000; // what is the same over all is tried in full over one
  test(`a flood of ${flood} calls and cancellations: every one settles once, and the cap holds`, async () => {
    const api = new Api();
    const maxRunningCalls = 100;
    const { client, server, emptied } = await open<Api>({
      api,
      serverOptions: { limits: { maxRunningCalls } },
    });
    const settlements = { cancelled: 0, other: 0 };
    const count = (error: unknown): void => {
      if (error instanceof CancelledError) settlements.cancelled++;
      else settlements.other++;
    };
    for (let burst = 0; burst < flood / 1000; burst++) {
      const requests = Array.from({ length: 1000 }, () => client.method.wait());
      for (const { value } of requests) value.then(count, count);
      // In half of the bursts the cancellations follow at once, in the other half when the calls have begun.
      if (burst % 2 === 0) await until('calls run', () => server.stats.running > 0);
      for (const request of requests) request.cancel();
      await client.drain();
    }
    await emptied(40_000);
    expect(settlements).toEqual({ cancelled: flood, other: 0 });
    expect(api.most).toBeLessThanOrEqual(maxRunningCalls);
    expect(api.running).toBe(0);
    expect(api.reasons.length).toBeGreaterThan(0);
  }, 120_000);
});
