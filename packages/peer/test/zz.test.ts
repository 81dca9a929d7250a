import { Handler, connect, type Peer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
class L extends Handler { items(): number[] { return []; } }
class A extends Handler<unknown> {
  l(): L { return new L(); }
}
const peer = await connect<A>(memory());
export const q: Peer<object> = peer;
export function f(p: Peer<object>): number { return p.stats.pending; }
f(peer);
