import { deepEqual } from 'node:assert/strict';
import { broadcast, connect, createServer, Handler, type Peer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

const network = memory();

// #region server
interface Member {
  heard(text: string): void;
}
const room = new Set<Peer<Member>>();

class Chat extends Handler<Member> {
  #peer?: Peer<Member>;
  join(): number {
    this.#peer = this.peer;
    return room.add(this.peer).size; // what an acknowledgement would have said
  }
  say(text: string): void {
    broadcast(room).heard(text);
  }
  override onClose(): void {
    if (this.#peer && room.delete(this.#peer)) broadcast(room).heard('somebody has left');
  }
}
const server = await createServer(network, () => new Chat());
// #endregion

const heard: string[] = [];

// #region client
class Me extends Handler implements Member {
  heard(text: string): void {
    heard.push(text);
  }
}
const chat = await connect<Chat>(network, { handler: new Me() });
await chat.call.join();
chat.notify.say('hello');
// #endregion

const other = await connect<Chat>(network);
await other.call.join();
await other.close();
await chat.ping();
await chat.ping();
deepEqual(heard, ['hello', 'somebody has left']);
await chat.close();
await server.close();
