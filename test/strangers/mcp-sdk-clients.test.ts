import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { program } from '../run-program.ts';
import { type ClientSide, type SdkClient, sdks } from './mcp-clients.ts';

/** Both generations of the SDK's client against a server that is written with this library. */

let script = '';
beforeAll(async () => {
  script = await program(readFileSync(fileURLToPath(new URL('mcp-server.ts', import.meta.url)), 'utf8'));
});

describe.each(sdks)('$sdk', ({ connect }) => {
  interface Started {
    readonly client: SdkClient;
    readonly log: readonly unknown[];
  }

  async function start({
    sample = (prompt: string) => `${prompt}!`,
  }: Partial<ClientSide> = {}): Promise<Started> {
    const errors: Error[] = [];
    const log: unknown[] = [];
    const side = {
      sample,
      log: (data: unknown) => log.push(data),
      onError: (error: Error) => errors.push(error),
    };
    const client = await connect(script, side);
    onTestFinished(async () => {
      await client.close();
      expect(errors).toEqual([]);
    });
    return { client, log };
  }
  const text = (value: string): object => ({ content: [{ type: 'text', text: value }] });

  test('lists and calls tools; nothing is an object, and what a program prints is no message', async () => {
    const { client } = await start();
    expect(client.version).toBe('ours');
    expect(await client.list()).toContain('sample');
    expect(await client.call('echo', { message: 'é𝄞' })).toMatchObject(text('é𝄞'));
    expect(await client.ping()).toEqual({});
    expect(await client.setLevel()).toEqual({});
    expect(await client.call('chatty')).toMatchObject(text('said'));
    expect(await client.ask('tools/call', { name: 'nothing' })).toEqual({});
  });

  test('hears of progress, that of the same turn as the answer too', async () => {
    const { client } = await start();
    const heard: object[] = [];
    const onprogress = (progress: object): void => void heard.push(progress);
    await client.call('at once', {}, { onprogress });
    expect(heard).toEqual([
      { progress: 1, total: 2, message: 'half' },
      { progress: 2, total: 2 },
    ]);
    heard.length = 0;
    await client.call('steps', { count: 5 }, { onprogress });
    expect(heard).toEqual([1, 2, 3, 4, 5].map((progress) => ({ progress })));
    // Who does not ask for it hears nothing: it would be an error to these clients.
    await client.call('steps', { count: 2 });
  });

  test('cancels: the tool hears why, and no answer comes', async () => {
    const { client, log } = await start();
    const stop = new AbortController();
    const given = expect(client.call('wait', {}, { signal: stop.signal })).rejects.toThrow();
    await client.ping();
    stop.abort('enough');
    await given;
    await expect.poll(() => log).toEqual(['stopped: The caller cancelled: enough']);
    await client.ping(); // an answer that nobody waits for would be an error
  });

  test('is asked for a sample, for input and for roots while its own call is open', async () => {
    const { client } = await start();
    const calls = ['a', 'b', 'c'].map((prompt) => client.call('sample', { prompt }));
    expect(await Promise.all(calls)).toMatchObject(['a!', 'b!', 'c!'].map(text));
    expect(await client.call('elicit')).toMatchObject(text('accept {"name":"Ada"}'));
    expect(await client.call('roots')).toMatchObject(text('file:///home/ada'));
  });

  test('cancels a call, and hears that the sample for it is not wanted any more', async () => {
    let isStopped = false;
    const stop = new AbortController();
    const { client } = await start({
      sample: async (_, signal) => {
        stop.abort();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        isStopped = true;
        return '';
      },
    });
    await expect(client.call('sample while wanted', {}, { signal: stop.signal })).rejects.toThrow();
    await expect.poll(() => isStopped).toBe(true);
  });

  test('hears what goes wrong, and what its own error came to', async () => {
    const { client } = await start({
      sample: () => {
        throw Object.assign(new Error('not today'), { code: -1 });
      },
    });
    await expect(client.call('fail')).rejects.toMatchObject({
      code: -32042,
      message: expect.stringContaining('no such thing'),
      data: { uri: 'a:b' },
    });
    await expect(client.call('break')).rejects.toMatchObject({ code: -32603 });
    await expect(client.call('none')).rejects.toMatchObject({ code: -32602 });
    await expect(client.ask('no/such')).rejects.toMatchObject({ code: -32601 });
    await expect(client.call('sample', { prompt: '' })).rejects.toThrow('not today');
  });

  test('drives the server that the README shows', async () => {
    const source = readFileSync(
      fileURLToPath(import.meta.resolve('../../examples/src/mcp/counter.ts')),
      'utf8',
    );
    const errors: Error[] = [];
    const side = { sample: () => '', log: () => {}, onError: (error: Error) => errors.push(error) };
    const client = await connect(await program(source), side);
    onTestFinished(() => client.close());
    expect(await client.list()).toEqual(['count']);
    const heard: object[] = [];
    const onprogress = (progress: object): void => void heard.push(progress);
    expect(await client.call('count', { to: 2 }, { onprogress })).toMatchObject(text('counted to 2'));
    expect(heard).toEqual([1, 2].map((progress) => ({ progress, total: 2 })));
    expect(errors).toEqual([]);
  });

  test('three megabytes go both ways', async () => {
    const { client } = await start();
    const message = '0123456789abcdé\n"'.repeat(3 * 2 ** 16);
    const { content } = await client.call('echo', { message });
    expect((content as [{ text: string }])[0].text === message).toBe(true);
  });
});
