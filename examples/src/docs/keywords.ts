import { deepEqual } from 'node:assert/strict';
import { connect, createServer, Handler, kw } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

// #region api
class Api extends Handler {
  static override readonly parameters = { book: ['from', 'to', 'seats'] } as const;

  book(from: string, to: string, seats = 1): string {
    return `${seats} from ${from} to ${to}`;
  }
}
// #endregion

const network = memory();
await using _server = await createServer(network, () => new Api());
await using peer = await connect<typeof Api>(network);

// #region call
console.log(await peer.call.book('Oslo', 'Rome', 2)); // 2 from Oslo to Rome
console.log(await peer.call.book('Oslo', kw({ seats: 2, to: 'Rome' }))); // the same
// #endregion

deepEqual(
  [
    await peer.call.book(kw({ to: 'Rome', from: 'Oslo' })),
    await peer.call.book('Oslo', kw({ seats: 2, to: 'Rome' })),
  ],
  ['1 from Oslo to Rome', '2 from Oslo to Rome'],
);
