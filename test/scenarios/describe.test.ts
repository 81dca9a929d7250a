import { Handler } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { overTransports } from './session.ts';

class Base extends Handler {
  inherited(): number {
    return 1;
  }
}

class Api extends Base {
  static override readonly parameters = { add: ['a', 'b'] };
  static override readonly docs = { add: 'The sum of two numbers.' };
  static override readonly nonPublic = ['hidden'];
  readonly field = (): number => 1;
  get accessor(): () => number {
    return () => 1;
  }
  static shared(): number {
    return 1;
  }
  add(a: number, b: number): number {
    return a + b;
  }
  hidden(): number {
    return 1;
  }
  _private(): number {
    return 1;
  }
  Upper(): number {
    return 1;
  }
  [Symbol.iterator](): Iterator<number> {
    return [1][Symbol.iterator]();
  }
  protected override onClose(): void {}
  nested(): Base {
    return new Base();
  }
  fn(): () => number {
    return Object.assign(() => 1, { helper: () => 2 });
  }
  stream(): AsyncIterable<number> & { helper(): number } {
    return Object.assign(this.#items(), { helper: () => 2 });
  }
  async *#items(): AsyncGenerator<number> {
    yield 1;
  }
}

const published = ['add', 'fn', 'inherited', 'nested', 'stream'];
const unpublished = [
  'hidden',
  'field',
  'accessor',
  'shared',
  '_private',
  'Upper',
  'onClose',
  'onOpen',
  'constructor',
];

overTransports((open) => {
  test('a peer lists what it publishes: names, declared parameters, given docs', async () => {
    const { client, emptied } = await open({ api: new Api() });
    const { methods } = await client.describe();
    expect(methods.map(({ name }) => name).sort()).toEqual(published);
    expect(methods.find(({ name }) => name === 'add')).toEqual({
      name: 'add',
      parameters: ['a', 'b'],
      doc: 'The sum of two numbers.',
    });
    await emptied();
  });

  test('what is listed can be called, and what is not listed cannot', async () => {
    const { client } = await open({ api: new Api() });
    for (const name of published) await client.call[name]?.();
    for (const name of [
      ...unpublished,
      'toString',
      'hasOwnProperty',
      '__proto__',
      '__delete__',
      '$/nothing',
    ]) {
      await expect(client.call[name]?.()).rejects.toThrow(`Unknown method '${name}'`);
    }
  });

  test('namespaces of a plain object, and the entries of a Map', async () => {
    const inherited = Object.create({ inherited: () => 1 }) as object;
    const api = {
      math: { add: () => 1, deep: { er: () => 2 } },
      constant: 5,
      inherited,
      handler: new Base(),
      _no: () => 1,
    };
    const { client } = await open({ api });
    const { methods } = await client.describe();
    const names = methods.map(({ name }) => name);
    expect(names.sort()).toEqual(['handler.inherited', 'math.add', 'math.deep.er']);
    for (const name of names) await client.call[name]?.();
    const map = await open({
      api: new Map<string, unknown>([
        ['one', () => 1],
        ['two', 2],
        ['_three', () => 3],
        ['then', () => 4],
      ]),
    });
    expect(await map.client.describe()).toEqual({ methods: [{ name: 'one' }] });
  });

  test('an object is described by what it publishes; functions and streams have no methods', async () => {
    const { client, emptied } = await open<Api>({ api: new Api() });
    const nested = await client.call.nested();
    expect(await client.describe(nested)).toEqual({ methods: [{ name: 'inherited' }] });
    nested.close();
    const fn = await client.call.fn();
    expect(await client.describe(fn)).toEqual({ methods: [] });
    fn.close();
    const stream = await client.call.stream();
    expect(await client.describe(stream)).toEqual({ methods: [] });
    for await (const _ of stream);
    await emptied();
  });

  test('who publishes nothing lists nothing', async () => {
    const { server } = await open({ api: {} });
    expect(await server.describe()).toEqual({ methods: [] });
  });
});
