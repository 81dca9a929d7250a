import { deepEqual, rejects } from 'node:assert/strict';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

// #region published
class Accounts extends Handler {
  static override readonly published = ['balance'];

  balance(): number {
    return this.audit();
  }
  private audit(): number {
    return 42; // `private` is gone at run time: without the list, anybody could call this
  }
}
// #endregion

// #region namespaces
const handler = {
  accounts: new Accounts(), // peer.call.accounts.balance()
  version: () => '1.0', // peer.call.version()
};
// #endregion

const network = memory();
await using _server = await createServer(network, () => handler);
await using peer = await connect<typeof handler>(network);
deepEqual([await peer.call.accounts.balance(), await peer.call.version()], [42, '1.0']);
deepEqual(
  (await peer.describe()).methods.map(({ name }) => name),
  ['version', 'accounts.balance'],
);
await rejects((peer.call.accounts as unknown as { audit(): Promise<number> }).audit(), {
  name: 'MethodNotFoundError',
});
