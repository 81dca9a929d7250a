import assert from 'node:assert/strict';
import {
  BroadcastError,
  broadcast,
  connect,
  createServer,
  Handler,
  type Reference,
  type RemoteObject,
  retain,
} from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

const network = memory();

// #region contract
interface Ears {
  heard(text: string): void;
}
interface Chat {
  join(who: RemoteObject<Ears>): void; // the client's own
  lobby(): Reference<Ears>; // the server's
}
// #endregion

const room = new Set<RemoteObject<Ears>>();
class Lobby extends Handler implements Ears {
  heard(): void {}
}
class ChatServer extends Handler {
  join(who: RemoteObject<Ears>): void {
    room.add(retain(who));
  }
  lobby(): Lobby {
    return new Lobby();
  }
}
const texts: string[] = [];
class Client extends Handler implements Ears {
  heard(text: string): void {
    texts.push(text);
  }
}

const server = await createServer<Client>(network, () => new ChatServer());
const peer = await connect<Chat>(network, { handler: new Client() });
const lobby = await peer.call.lobby();
await lobby.call.heard('x');
await peer.call.join(new Client());

// #region telling
server.notify.heard('the server goes down in five minutes');
try {
  broadcast(room).heard('hello');
} catch (error) {
  if (!(error instanceof BroadcastError)) throw error;
  for (const slow of error.failed.keys()) room.delete(slow as RemoteObject<Ears>);
}
// #endregion

await peer.ping();
assert.deepEqual(texts, ['the server goes down in five minutes', 'hello']);
await peer.close();
await server.close();
