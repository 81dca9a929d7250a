import { until } from '@bjsonrpc/duplex-suite';
import { currentCall, Handler, type OutgoingInterceptor, RpcError } from '@bjsonrpc/peer';
import { describe, expect, test } from 'vitest';
import { overTransports } from './session.ts';

class Folder extends Handler {
  readonly path: string;
  readonly log: string[];
  closings = 0;
  constructor(path: string, log: string[]) {
    super();
    this.path = path;
    this.log = log;
  }
  open(name: string): Folder {
    this.log.push(`open ${name}`);
    return new Folder(`${this.path}/${name}`, this.log);
  }
  async openSlowly(name: string): Promise<Folder> {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return this.open(name);
  }
  name(): string {
    this.log.push(`name ${this.path}`);
    return this.path;
  }
  note(text: string): void {
    this.log.push(`note ${text}`);
  }
  async *letters(): AsyncGenerator<string> {
    yield* this.path;
  }
  fails(): Folder {
    throw new RpcError('no such folder', { code: 404, data: this.path });
  }
  async failsLate(): Promise<Folder> {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return this.fails();
  }
  number(): number {
    return 7;
  }
  plain(): { readonly x: number } {
    return { x: 1 };
  }
  opener(): (name: string) => Folder {
    return (name) => this.open(name);
  }
}

class Api extends Folder {
  constructor() {
    super('', []);
  }
  nameOf(folder: Folder): string {
    return `the name of ${folder.path}`;
  }
  join({ folders: [a, b] }: { readonly folders: readonly [Folder, Folder] }): string {
    return a.path + b.path;
  }
  hang(): Promise<Folder> {
    const { signal } = currentCall();
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }
}

/** With a peer that pipelines and with one that does not; through interceptors or not. Nothing tells them apart. */
const asynchronously: OutgoingInterceptor = async (call, next) => {
  await undefined;
  return next(call);
};
const directly: OutgoingInterceptor = (call, next) => next(call);
const ways = [
  { way: 'pipelined', extensions: true, outgoing: [] },
  { way: 'with an old peer', extensions: false, outgoing: [] },
  { way: 'pipelined through an interceptor', extensions: true, outgoing: [directly] },
  { way: 'pipelined through an asynchronous interceptor', extensions: true, outgoing: [asynchronously] },
  { way: 'with an old peer, through an interceptor', extensions: false, outgoing: [asynchronously] },
];

overTransports((connect) => {
  describe.each(ways)('$way', ({ extensions, outgoing }) => {
    async function open() {
      const api = new Api();
      const session = await connect<Api>({
        api,
        serverOptions: { extensions },
        clientOptions: { outgoing },
      });
      return { ...session, api };
    }

    test('a chain of calls without an await between', async () => {
      const { client, api } = await open();
      expect(await client.call.open('a').call.openSlowly('b').call.open('c').call.name()).toBe('/a/b/c');
      expect(api.log).toEqual(['open a', 'open b', 'open c', 'name /a/b/c']);
    });

    test('call, method, notify and pipe on a promise, in the order of the program', async () => {
      const { client, api } = await open();
      const folder = client.call.openSlowly('a');
      folder.notify.note('1');
      const name = folder.method.name();
      folder.notify.note('2');
      const letters: string[] = [];
      // An old peer’s stream has no end that could be seen: leave after the second letter.
      for await (const letter of folder.pipe.letters()) if (letters.push(letter) === 2) break;
      expect(await name.value).toBe('/a');
      expect(letters.join('')).toBe('/a');
      expect(api.log).toEqual(['open a', 'note 1', 'name /a', 'note 2']);
    });

    test('what builds on a promise runs before what is sent when it has settled', async () => {
      const { client, api } = await open();
      const folder = client.call.openSlowly('a');
      const notes = [1, 2, 3].map((n) => folder.call.note(`${n}`));
      const resolved = await folder;
      await resolved.call.note('4');
      await Promise.all(notes);
      expect(api.log).toEqual(['open a', 'note 1', 'note 2', 'note 3', 'note 4']);
    });

    test('a promise as an argument, nested too', async () => {
      const { client } = await open();
      const folder = client.call.openSlowly('a');
      expect(await client.call.nameOf(folder)).toBe('the name of /a');
      const both = { folders: [client.call.openSlowly('x'), client.call.open('y').call.open('z')] } as const;
      expect(await client.call.join(both as never)).toBe('/x/y/z');
      expect(await client.call.nameOf(folder)).toBe('the name of /a');
    });

    test('a function that is yet to come', async () => {
      const { client } = await open();
      const opener = await client.call.opener();
      expect(await opener('f').call.name()).toBe('/f');
    });

    test.each(['fails', 'failsLate'] as const)(
      'errors reach every dependent with the first cause (%s)',
      async (how) => {
        const { client } = await open();
        const failed = client.call[how]();
        const cause = { message: 'no such folder', ...(extensions && { code: 404, data: '' }) };
        const dependents = [
          failed.call.name(),
          failed.call.open('x').call.open('y').call.name(),
          failed.method.name().value,
          client.call.nameOf(failed),
          client.call.join({ folders: [client.call.open('ok'), failed] } as never),
          failed.pipe.letters().next(),
        ];
        failed.notify.note('nobody hears of this');
        await Promise.all([failed, ...dependents].map((call) => expect(call).rejects.toMatchObject(cause)));
      },
    );

    test('only the dependents are awaited: the failure of what they build on is not unhandled', async () => {
      const { client } = await open();
      await expect(client.call.nameOf(client.call.fails())).rejects.toThrow('no such folder');
      await expect(client.call.fails().call.open('x').call.name()).rejects.toThrow('no such folder');
      await client.call.note('a turn later');
    });

    test('what gives no object cannot be built on, and the error says so', async () => {
      const { client } = await open();
      const number = client.call.number() as unknown as ReturnType<typeof client.call.open>;
      await expect(number.call.name()).rejects.toMatchObject({
        code: -32004,
        message: expect.stringMatching(/^Request \d+ gave no object$/),
      });
      expect(await number).toBe(7);
      await expect(number.call.name()).rejects.toMatchObject({ code: -32004 });
    });

    test('cancelling the parent fails its dependents', async () => {
      const { client } = await open();
      const controller = new AbortController();
      const parent = client.with({ signal: controller.signal }).call.hang();
      const dependents = [parent.call.name(), client.call.nameOf(parent), parent.call.open('x').call.name()];
      const failures = [parent, ...dependents].map((call) =>
        expect(call).rejects.toThrow('The call was cancelled'),
      );
      controller.abort();
      await Promise.all(failures);
    });

    test('closing the promise releases the object after the calls that build on it', async () => {
      const { client, server } = await open();
      const folder = client.call.openSlowly('a');
      const name = folder.call.name();
      folder.close();
      expect(await name).toBe('/a');
      await until('it was released', () => server.stats.exported === 0);
      await expect(folder.call.name()).rejects.toThrow(/cannot be used: it was closed/);
    });

    test('when the connection ends each call settles, and says whether it had left', async () => {
      const { client, server } = await open();
      const parent = client.call.hang();
      const dependent = parent.call.name();
      await until('the call runs', () => server.stats.running >= 1);
      const pipelines = extensions && outgoing[0] !== asynchronously;
      const failures = [
        expect(parent).rejects.toMatchObject({ name: 'ConnectionClosedError', sent: true }),
        expect(dependent).rejects.toMatchObject({ name: 'ConnectionClosedError', sent: pipelines }),
      ];
      client.abort();
      await Promise.all(failures);
    });
  });

  test('the promise of a plain value stands for no object, whenever it is passed', async () => {
    const { client } = await connect<Api>({ api: new Api() });
    const plain = client.call.plain() as never;
    await expect(client.call.nameOf(plain)).rejects.toThrow(/Request \d+ gave no object/);
  });

  test('many dependents of one promise do not become a deep stack', async () => {
    const api = new Api();
    const { client } = await connect<Api>({ api, serverOptions: { limits: { maxRunningCalls: 10_000 } } });
    const folder = client.call.openSlowly('a');
    await Promise.all(Array.from({ length: 5000 }, (_, i) => folder.call.note(`${i}`)));
    expect(api.log.slice(1)).toEqual(Array.from({ length: 5000 }, (_, i) => `note ${i}`));
    let last = folder;
    for (let i = 0; i < 500; i++) last = last.call.open('b') as typeof folder;
    expect(await last.call.name()).toBe(`/a${'/b'.repeat(500)}`);
  });
});
