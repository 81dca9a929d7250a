import { connect, createServer, Handler, kw } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';

class MyList extends Handler {
  #items: number[] = [];
  add(item: number): void {
    this.#items.push(item);
  }
  items(): number[] {
    return this.#items;
  }
}
class ClientApi extends Handler {
  whoAreYou(): string {
    return 'me';
  }
}
class Api extends Handler<ClientApi> {
  static override parameters = { getabc: ['a', 'b', 'c'] };
  add(a: number, b: number): number {
    return a + b;
  }
  newList(): MyList {
    return new MyList();
  }
  async *tick(n: number): AsyncGenerator<number, string> {
    for (let i = 0; i < n; i++) yield i;
    return 'done';
  }
  async greet(): Promise<string> {
    return `hello ${await this.peer.call.whoAreYou()}`;
  }
  getabc(a: unknown, b: unknown, c: unknown): unknown[] {
    return [a, b, c];
  }
  async reduce(f: (a: number, b: number) => number | Promise<number>, xs: number[]): Promise<number> {
    let acc = xs[0] ?? 0;
    for (const x of xs.slice(1)) acc = await f(acc, x);
    return acc;
  }
  isList(x: MyList): boolean {
    return x instanceof MyList;
  }
  when(d: Date): Date {
    return new Date(d.getTime() + 1);
  }
}
test('smoke', async () => {
  const t = memory();
  const lines: string[] = [];
  const server = await createServer<ClientApi>(t, () => new Api(), { trace: (l) => lines.push(l) });
  const peer = await connect<Api>(t, { handler: new ClientApi() });
  expect(await peer.call.add(2, 3)).toBe(5);
  expect(await peer.call.greet()).toBe('hello me');
  const list = await peer.call.newList();
  await list.call.add(1);
  expect(await list.call.items()).toEqual([1]);
  expect(await peer.call.isList(list)).toBe(true);
  expect(await peer.call.getabc(1, kw({ c: 3 }))).toEqual([1, undefined, 3]);
  expect(await peer.call.reduce(peer.call.add, [1, 2, 3])).toBe(6);
  expect(await peer.call.reduce((a, b) => a * b, [1, 2, 3, 4])).toBe(24);
  const got: number[] = [];
  for await (const x of peer.pipe.tick(200)) got.push(x);
  expect(got.length).toBe(200);
  expect(await peer.call.newList().call.items()).toEqual([]);
  expect((await peer.call.when(new Date(5))).getTime()).toBe(6);
  await expect(peer.call.add(2, 3n as never)).rejects.toThrow();
  console.log(
    lines
      .filter((l) => l.length < 200)
      .join('\n')
      .slice(0, 4000),
  );
  console.log(peer.stats, [...server.connections][0]?.stats);
  await peer.close();
  await server.close();
  console.log(peer.stats);
});
