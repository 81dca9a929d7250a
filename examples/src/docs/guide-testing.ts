import { equal } from 'node:assert/strict';
import { connect, createServer, Handler, type Peer } from '@bjsonrpc/peer';
import { memory, VirtualClock } from '@bjsonrpc/transport-memory';

class Shop extends Handler {
  price(_name: string): number {
    throw new Error('there is no shop in a test');
  }
}

// #region under-test
async function total(shop: Peer<Shop>, names: readonly string[]): Promise<number> {
  const prices = await Promise.all(names.map((name) => shop.call.price(name)));
  return prices.reduce((sum, price) => sum + price, 0);
}
// #endregion

// #region other-side
const network = memory();
await using _fake = await createServer(network, () => ({ price: (name: string) => name.length })); // instead of the shop
await using shop = await connect<Shop>(network);
equal(await total(shop, ['tea', 'milk']), 7);
// #endregion

// #region time
const clock = new VirtualClock();
const slow = memory({ clock, latencyMs: 20_000 });
await using _late = await createServer(slow, () => ({ price: () => 1 }), { clock });
const dialling = connect<Shop>(slow, { clock });
await clock.advance(60_000);
const late = await dialling;
const price = late.call.price('tea').catch((error: Error) => error.name);
await clock.advance(60_000); // a minute in a moment
equal(await price, 1); // it took 40 s
// #endregion

late.abort();
