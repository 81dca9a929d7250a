import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@bjsonrpc/duplex-suite';
import {
  type ConnectOptions,
  connect,
  createServer,
  Handler,
  type HandlerFactory,
  type Peer,
  type PeerOptions,
} from '@bjsonrpc/peer';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ScenarioTransport, transports } from '../../../../test/scenarios/transports.ts';

interface Heard {
  readonly error: Error;
  readonly transport: string | undefined;
}

interface Ends {
  readonly client: Peer;
  /** The server's end, if the connection was served. */
  server(): Promise<Peer>;
  /** What the server's `onError` heard. */
  readonly heard: Heard[];
}

class Quiet extends Handler {
  f(text: string): number {
    return text.length;
  }
}

describe.each(transports)('over $name', (transport: ScenarioTransport) => {
  async function open(
    { factory = () => new Quiet(), ...serverOptions }: PeerOptions & { factory?: HandlerFactory } = {},
    clientOptions: ConnectOptions = {},
  ): Promise<Ends> {
    const { listener, dialler } = transport.open();
    const heard: Heard[] = [];
    const server = await createServer(listener, factory, {
      onError: (error, { connection }) =>
        heard.push({ error: error as Error, transport: connection?.transport }),
      ...serverOptions,
    });
    const client = await connect(dialler(server.address), clientOptions);
    onTestFinished(async () => {
      await client.close({ graceMs: 0 });
      await server.close({ graceMs: 0 });
    });
    return {
      client,
      heard,
      server: async () => {
        await until('it is accepted', () => server.connections.size === 1);
        const [peer] = server.connections;
        await client.ping();
        return peer as Peer;
      },
    };
  }

  test('closed by one side in peace: each knows which one', async () => {
    for (const closing of ['client', 'server'] as const) {
      const { client, server, heard } = await open();
      const end = await server();
      await (closing === 'client' ? client : end).close();
      expect(await client.closed).toEqual({ by: closing === 'client' ? 'here' : 'there', error: undefined });
      expect(await end.closed).toEqual({ by: closing === 'server' ? 'here' : 'there', error: undefined });
      expect(heard).toEqual([]);
    }
  });

  test('by both at once: in peace', async () => {
    const { client, server, heard } = await open();
    const end = await server();
    await Promise.all([client.close(), end.close()]);
    expect([(await client.closed).error, (await end.closed).error, heard]).toEqual([
      undefined,
      undefined,
      [],
    ]);
  });

  test('aborted here: the reason that was given; there: that it broke', async () => {
    const { client, server, heard } = await open();
    const end = await server();
    const reason = new Error('no power');
    end.abort(reason);
    expect(await end.closed).toEqual({ by: 'here', error: reason });
    expect((await client.closed).by).toBe('there');
    expect(heard).toEqual([{ error: reason, transport: transport.name }]);
  });

  test('a factory that throws: both sides learn what it threw', async () => {
    for (const factory of [
      () => {
        throw new Error('no room');
      },
      () => Promise.reject(new Error('no room')),
    ]) {
      const { client, heard } = await open({ factory });
      const call = client.call.f?.('x').catch((error: Error) => error);
      const { by, error } = await client.closed;
      expect([by, error?.message]).toEqual(['there', expect.stringContaining('refused: Error: no room')]);
      expect(await call).toMatchObject({
        name: 'ConnectionClosedError',
        message: expect.stringContaining('refused: Error: no room'),
      });
      await until('the server hears', () => heard.length === 1);
      expect(heard).toEqual([{ error: new Error('no room'), transport: transport.name }]);
    }
  });

  test('an onOpen that throws: both sides learn what it threw', async () => {
    for (const later of [false, true]) {
      class Refusing extends Handler {
        protected override onOpen(): void | Promise<void> {
          if (later) return sleep(5).then(() => Promise.reject(new Error('who are you?')));
          throw new Error('who are you?');
        }
      }
      const { client, heard } = await open({ factory: () => new Refusing() });
      const { by, error } = await client.closed;
      expect(by).toBe('there');
      expect(error?.message).toMatch(/cut the connection off: onOpen failed: .*who are you\?/);
      await until('the server hears', () => heard.length > 0);
      expect(heard[0]?.error).toEqual(new Error('who are you?'));
    }
  });

  test('an onOpen of the client that throws: the same the other way', async () => {
    class Refusing extends Handler {
      protected override async onOpen(): Promise<void> {
        await sleep(5);
        throw new Error('wrong server');
      }
    }
    const errors: unknown[] = [];
    const { client, heard } = await open(
      {},
      { handler: new Refusing(), onError: (error) => errors.push(error) },
    );
    const { by, error } = await client.closed;
    expect(by).toBe('here');
    expect(error?.message).toMatch(/^onOpen failed: .*wrong server$/);
    expect(errors).toEqual([new Error('wrong server')]);
    await until('the server hears', () => heard.length > 0);
    expect(heard[0]?.error.message).toMatch(/onOpen failed: .*wrong server/);
  });

  test('closed never rejects, and is the same for whoever asks late', async () => {
    const { client, server } = await open();
    await server();
    client.abort(new Error('x'));
    expect(await client.closed).toBe(await client.closed);
    await client.close();
    client.abort();
    expect((await client.closed).error).toEqual(new Error('x'));
  });
});
