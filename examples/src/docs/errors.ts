import { deepEqual, equal, ok } from 'node:assert/strict';
import { ConnectionClosedError, connect, createServer, Handler, RpcError } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

const seen: unknown[] = [];
const console = { log: (value: unknown) => seen.push(value) };

// #region throw
class Api extends Handler {
  withdraw(amount: number): number {
    if (amount > 100) throw new RpcError('insufficient funds', { code: 4001, data: { balance: 100 } });
    if (amount < 0) throw new RangeError('amount must be positive');
    return 100 - amount;
  }
}
// #endregion

const network = memory();
await using server = await createServer(network, () => new Api());
await using peer = await connect<Api>(network);

// #region catch
try {
  await peer.call.withdraw(500);
} catch (error) {
  if (error instanceof ConnectionClosedError)
    console.log(error.sent); // false: it certainly did not run
  else if (error instanceof RpcError) console.log([error.message, error.code, error.data]);
}
// #endregion

deepEqual(seen, [['insufficient funds', 4001, { balance: 100 }]]);
const other: unknown = await peer.call.withdraw(-1).catch((error: unknown) => error);
ok(other instanceof RpcError);
equal(other.name, 'RangeError');
await server.close();
const closed: unknown = await peer.call.withdraw(1).catch((error: unknown) => error);
ok(closed instanceof ConnectionClosedError);
equal(closed.sent, false);
