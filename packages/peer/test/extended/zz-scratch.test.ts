import { connect, createServer, Handler, type Peer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { test } from 'vitest';
import { heapUsed } from '../../../../test/scenarios/collect-garbage.ts';
class Item extends Handler { value() { return 1; } }
class Api extends Handler {
  readonly constant = new Item();
  async apply(fn: any) { return fn(); }
  ignore(_fn: unknown): void {}
  add(a: number) { return a; }
  item(): Item { return new Item(); }
  same(): Item { return this.constant; }
  callValue(item: any) { return item.call.value(); }
}
test('which leaks', async () => {
  const t = memory();
  await createServer(t, () => new Api());
  const client: Peer<any> = await connect<any>(t);
  await client.ping();
  const kinds: Record<string, () => Promise<unknown>> = {
      plain: () => client.call.add(1),
      apply: () => client.call.apply(async () => 1),
      ignore: async () => client.call.ignore(() => 1),
      closed: async () => (await client.call.item()).close(),
      value: () => client.call.item().then((item: any) => item.call.value().finally(() => item.close())),
      arg: () => client.call.callValue(new Item() as never),
      same: async () => void (await client.call.same()),
  };
  for (const [name, run] of Object.entries(kinds)) {
    for (let i = 0; i < 1000; i++) await run();
    const before = await heapUsed();
    const t0 = performance.now();
    for (let i = 0; i < 40; i++) await Promise.all(Array.from({ length: 500 }, run));
    const t1 = performance.now();
    const after = await heapUsed(); const more: string[] = []; for (let k = 0; k < 4; k++) { await new Promise((r) => setTimeout(r, 50)); more.push(((await heapUsed() - before) / 20000).toFixed(0)); }
    console.log(name, 'bytes/op', ((after - before) / 20000).toFixed(1), 'us/op', ((t1 - t0) / 20).toFixed(1), more.join(' '));
  }
});
