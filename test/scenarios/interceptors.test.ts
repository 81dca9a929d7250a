import { until } from '@bjsonrpc/duplex-suite';
import {
  currentCall,
  Handler,
  type IncomingInterceptor,
  InvalidParamsError,
  type OutgoingInterceptor,
  RpcError,
  type StandardSchema,
  validate,
} from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { overTransports } from './session.ts';

class Api extends Handler {
  static override readonly parameters = { divide: ['dividend', 'divisor'] };
  calls = 0;
  divide(dividend: number, divisor: number): number {
    this.calls++;
    return dividend / divisor;
  }
  whoCalls(): string {
    return currentCall().method;
  }
  adder(n: number): (m: number) => number {
    return (m) => n + m;
  }
  async *count(n: number): AsyncGenerator<number> {
    for (let i = 0; i < n; i++) yield i;
  }
  trace(): readonly (string | undefined)[] {
    const { traceparent, tracestate } = currentCall();
    return [traceparent, tracestate];
  }
  async traceOfCallback(): Promise<unknown> {
    const call = currentCall();
    return call.peer.with(call).call.trace?.();
  }
  fail(): never {
    throw new RpcError('as told');
  }
}

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** A schema made by hand: a tuple of numbers, texts coerced. */
const numbers: StandardSchema<readonly unknown[]> = {
  '~standard': {
    version: 1,
    vendor: 'by-hand',
    validate: async (value) => {
      await later();
      const coerced = (value as readonly unknown[]).map(Number);
      const wrong = coerced.findIndex(Number.isNaN);
      return wrong === -1
        ? { value: coerced }
        : { issues: [{ message: `argument ${wrong} is no number`, path: [{ key: wrong }] }] };
    },
  },
};

overTransports((open) => {
  test('incoming: authentication refuses before the method runs', async () => {
    const api = new Api();
    const onlyTrusted: IncomingInterceptor = (call, next) => {
      if (call.method === 'divide') throw new RpcError('not for you', { code: 403 });
      return next();
    };
    const { client, emptied } = await open<Api>({ api, serverOptions: { incoming: [onlyTrusted] } });
    await expect(client.call.divide(1, 2)).rejects.toMatchObject({ message: 'not for you', code: 403 });
    client.notify.divide(1, 2);
    expect(await client.call.whoCalls()).toBe('whoCalls');
    expect(api.calls).toBe(0);
    await emptied();
  });

  test('incoming: the first is the outermost; answers and errors pass through all of them', async () => {
    const log: string[] = [];
    const logging =
      (name: string): IncomingInterceptor =>
      async (call, next) => {
        log.push(`${name} > ${call.kind} ${call.method}`);
        try {
          const value = await next();
          log.push(`${name} < ${value}`);
          return value;
        } catch (error) {
          log.push(`${name} ! ${(error as Error).message}`);
          throw error;
        }
      };
    const { client, emptied } = await open<Api>({
      api: new Api(),
      serverOptions: { incoming: [logging('outer'), logging('inner')] },
    });
    expect(await client.call.divide(6, 3)).toBe(2);
    await expect(client.call.fail()).rejects.toThrow('as told');
    expect(log).toEqual([
      'outer > request divide',
      'inner > request divide',
      'inner < 2',
      'outer < 2',
      'outer > request fail',
      'inner > request fail',
      'inner ! as told',
      'outer ! as told',
    ]);
    await emptied();
  });

  test('incoming: validation with a Standard Schema, which may be asynchronous and may change the arguments', async () => {
    const { client, emptied } = await open<Api>({
      api: new Api(),
      serverOptions: { incoming: [validate({ divide: numbers })] },
    });
    expect(await client.call.divide('6' as never, 3)).toBe(2);
    const invalid = client.call.divide(1, 'one' as never);
    await expect(invalid).rejects.toThrow(InvalidParamsError);
    await expect(invalid).rejects.toThrow("Invalid params of 'divide': argument 1 is no number");
    await expect(invalid).rejects.toMatchObject({
      data: [{ message: 'argument 1 is no number', path: [1] }],
    });
    expect(await client.call.whoCalls()).toBe('whoCalls');
    await emptied();
  });

  test('incoming: the context is there behind an asynchronous interceptor', async () => {
    const waiting: IncomingInterceptor = async (_, next) => {
      await later();
      return next();
    };
    const { client } = await open<Api>({ api: new Api(), serverOptions: { incoming: [waiting] } });
    expect(await client.call.whoCalls()).toBe('whoCalls');
    const items: number[] = [];
    for await (const item of client.pipe.count(3)) items.push(item);
    expect(items).toEqual([0, 1, 2]);
  });

  test('outgoing: metrics of every kind of call, of functions and objects too', async () => {
    const seen: string[] = [];
    const metrics: OutgoingInterceptor = (call, next) => {
      seen.push(`${call.kind} ${call.method.replace(/_\w{4}/, '')}(${call.args})`);
      return next(call);
    };
    const { client, emptied } = await open<Api>({ api: new Api(), clientOptions: { outgoing: [metrics] } });
    expect(await client.call.divide(6, 3)).toBe(2);
    expect(await client.method.divide(8, 2).value).toBe(4);
    client.notify.divide(1, 1);
    for await (const _ of client.pipe.count(1));
    const add = await client.call.adder(1);
    expect(await add(2)).toBe(3);
    add.close();
    expect(seen).toEqual([
      'call divide(6,3)',
      'method divide(8,2)',
      'notify divide(1,1)',
      'pipe count(1)',
      'call adder(1)',
      'call function.__call__(2)',
    ]);
    await emptied();
  });

  test('outgoing: arguments and options are changed, answers replaced, calls refused or repeated', async () => {
    const api = new Api();
    const changing: OutgoingInterceptor = async (call, next) => {
      switch (call.args[0]) {
        case 'refuse':
          throw new RpcError('not sent');
        case 'answer':
          return 42;
        case 'repeat':
          await next({ ...call, args: [1, 1] });
          return next({ ...call, args: [9, 3] });
        case 'hurry':
          return next({
            ...call,
            method: call.method,
            args: [1, 2],
            options: { deadline: Date.now() - 1 },
          });
        default:
          return next(call);
      }
    };
    const { client, emptied } = await open<Api>({ api, clientOptions: { outgoing: [changing] } });
    await expect(client.call.divide('refuse' as never, 0)).rejects.toThrow('not sent');
    expect(await client.call.divide('answer' as never, 0)).toBe(42);
    expect(api.calls).toBe(0);
    expect(await client.call.divide('repeat' as never, 0)).toBe(3);
    expect(api.calls).toBe(2);
    await expect(client.call.divide('hurry' as never, 0)).rejects.toThrow('The deadline had passed');
    await emptied();
  });

  test('outgoing: cancelling a request reaches the callee through an asynchronous interceptor', async () => {
    let aborted = false;
    const api = {
      wait: () => {
        const { signal } = currentCall();
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason);
          });
        });
      },
    };
    const waiting: OutgoingInterceptor = async (call, next) => {
      await undefined;
      return next(call);
    };
    const { client, server, emptied } = await open<typeof api>({
      api,
      clientOptions: { outgoing: [waiting] },
    });
    const request = client.method.wait();
    await until('it runs', () => server.stats.running === 1);
    request.cancel();
    await expect(request.value).rejects.toThrow('The call was cancelled');
    await emptied();
    expect(aborted).toBe(true);
  });

  test('trace context is carried when present, and passed on with the context of a call', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const tracestate = 'rojo=00f067aa0ba902b7';
    const { client, emptied } = await open<Api, Api>({ api: new Api(), clientApi: new Api() });
    const traced = client.with({ traceparent, tracestate });
    expect(await traced.call.trace()).toEqual([traceparent, tracestate]);
    expect(await traced.call.traceOfCallback()).toEqual([traceparent, tracestate]);
    expect(await client.call.trace()).toEqual([undefined, undefined]);
    await emptied();
  });
});
