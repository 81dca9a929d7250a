import { equal, rejects } from 'node:assert/strict';
import {
  connect,
  createServer,
  Handler,
  type RemoteFunction,
  type RemoteObject,
  retain,
} from '@bjsonrpc/peer';
import { asRemote } from '@bjsonrpc/peer/testing';
import { memory } from '@bjsonrpc/transport-memory';

class Account extends Handler {
  balance(): number {
    return 42;
  }
}

// #region retain
type Listener = (event: string) => void;

class Feed extends Handler {
  readonly #listeners = new Set<RemoteFunction<Listener>>();

  subscribe(listener: RemoteFunction<Listener>): void {
    this.#listeners.add(retain(listener)); // or it is released when this call is answered
    listener.onBroken(() => this.#listeners.delete(listener));
  }
  publish(event: string): void {
    for (const listener of this.#listeners) listener.notify(event);
  }
}
// #endregion

class Api extends Feed {
  openAccount(): Account {
    return new Account();
  }
}

const network = memory();
await using _server = await createServer(network, () => new Api());
await using peer = await connect<Api>(network);

// #region using
{
  using account = await peer.call.openAccount(); // ours until the end of this block
  console.log(await account.call.balance()); // 42
} // released: the server may forget it
// #endregion

const account: RemoteObject<Account> = await peer.call.openAccount();
account.close();
await rejects(async () => account.call.balance(), { name: 'UnknownObjectError' });

const heard: string[] = [];
await peer.call.subscribe((event) => void heard.push(event));
await peer.call.publish('one');
await peer.ping();
equal(heard.join(), 'one');

// #region as-remote
const seen: string[] = [];
const listener = asRemote((event: string) => seen.push(event));
const feed = new Feed(); // and no other side at all
feed.subscribe(listener);
feed.publish('one'); // heard in a later turn, as there
listener.break(); // the connection has ended
feed.publish('two'); // nobody hears
// #endregion

await peer.ping();
equal(seen.join(), 'one');
