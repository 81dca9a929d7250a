import { until } from '@bjsonrpc/duplex-suite';
import {
  BroadcastError,
  broadcast,
  connect,
  createServer,
  Handler,
  type Peer,
  type RemoteFunction,
  type RemoteObject,
  retain,
} from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, expectTypeOf, onTestFinished, test } from 'vitest';

class Ears extends Handler {
  readonly heard: unknown[] = [];
  hear(what: unknown): void {
    this.heard.push(what);
  }
}

class Client extends Ears {
  readonly deep = new Ears();
}

/** People in one room, as objects and as functions. */
class Chat extends Handler<Client> {
  readonly #room: {
    readonly objects: Set<RemoteObject<Ears>>;
    readonly functions: Set<RemoteFunction<(what: string) => void>>;
  };
  constructor(room: {
    objects: Set<RemoteObject<Ears>>;
    functions: Set<RemoteFunction<(what: string) => void>>;
  }) {
    super();
    this.#room = room;
  }
  join(ears: RemoteObject<Ears>, fn: RemoteFunction<(what: string) => void>): void {
    this.#room.objects.add(retain(ears));
    this.#room.functions.add(retain(fn));
  }
}

async function scene(count: number) {
  const network = memory();
  const room = {
    objects: new Set<RemoteObject<Ears>>(),
    functions: new Set<RemoteFunction<(what: string) => void>>(),
  };
  const server = await createServer<Client>(network, () => new Chat(room), {
    limits: { maxUnsentBytes: 100_000 },
  });
  const clients: {
    readonly client: Client;
    readonly ears: Ears;
    readonly calls: string[];
    readonly peer: Peer<Chat>;
  }[] = [];
  for (let i = 0; i < count; i++) {
    const [client, ears, calls] = [new Client(), new Ears(), [] as string[]];
    const peer = await connect<Chat>(network, { handler: client });
    await peer.call.join(ears as never, ((what: string) => void calls.push(what)) as never);
    clients.push({ client, ears, calls, peer });
  }
  onTestFinished(async () => {
    for (const { peer } of clients) await peer.close({ graceMs: 0 });
    await server.close({ graceMs: 0 });
  });
  return { server, room, clients };
}

test('a server tells all its clients', async () => {
  const { server, clients } = await scene(3);
  server.notify.hear('hello');
  server.notify.hear({ deep: [1] });
  await until('all have heard', () => clients.every(({ client }) => client.heard.length === 2));
  for (const { client } of clients) expect(client.heard).toEqual(['hello', { deep: [1] }]);
  const never = (): void => {
    // @ts-expect-error there is no such method
    server.notify.listen('x');
  };
  expect(never).toBeTypeOf('function');
});

test('so do sets of objects and of functions, whoever is in them at the time', async () => {
  const { room, clients } = await scene(3);
  const [first] = room.objects;
  const toAll = broadcast(room.objects);
  expectTypeOf(toAll.hear).toBeCallableWith('x');
  expectTypeOf(broadcast(room.functions)).toEqualTypeOf<(what: string) => void>();
  toAll.hear(1);
  if (first) room.objects.delete(first);
  toAll.hear(2);
  broadcast(room.functions)('called');
  await until('all have heard', () => clients.every(({ calls }) => calls.length === 1));
  expect(clients.map(({ ears }) => ears.heard)).toEqual([[1], [1, 2], [1, 2]]);
});

test('what all are told is written once', async () => {
  const { server, clients } = await scene(20);
  server.notify.hear('first'); // the name is written once for each connection
  const plain = { list: Array.from({ length: 50 }, (_, i) => ({ i })) };
  const stringify = JSON.stringify;
  let times = 0;
  JSON.stringify = ((...args: Parameters<typeof JSON.stringify>) => {
    times++;
    return stringify(...args);
  }) as typeof JSON.stringify;
  try {
    server.notify.hear(plain);
  } finally {
    JSON.stringify = stringify;
  }
  expect(times).toBe(1);
  await until('all have heard', () => clients.every(({ client }) => client.heard.length === 2));
  expect(clients.every(({ client }) => stringify(client.heard[1]) === stringify(plain))).toBe(true);
});

test("references among the arguments are each connection's own", async () => {
  const { server, clients } = await scene(2);
  server.notify.hear(() => 'called back');
  await until('all have heard', () => clients.every(({ client }) => client.heard.length === 1));
  for (const { client } of clients) {
    const [fn] = client.heard as [() => Promise<string>];
    await expect(fn()).rejects.toThrow(); // nobody kept it
  }
});

test('who cannot be told holds up nobody, and is named', async () => {
  const { server, room, clients } = await scene(3);
  const [, slow] = room.objects;
  slow?.close(); // as good as gone: what is told to it is nothing
  const [one, stuck, other] = server.connections;
  const refusing = {
    notify: {
      hear: () => {
        throw new Error('too much waits');
      },
    },
  };
  let thrown: unknown;
  try {
    broadcast([one, refusing, other] as unknown as Peer<Ears>[]).hear('x');
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(BroadcastError);
  expect((thrown as BroadcastError).message).toBe('1 of 3 were not told: too much waits');
  expect([...(thrown as BroadcastError).failed.keys()]).toEqual([refusing]);
  await until(
    'the others have heard',
    () => clients.filter(({ client }) => client.heard.length === 1).length === 2,
  );
  expect(stuck).toBeDefined();
});
