import { deepEqual, equal, rejects } from 'node:assert/strict';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

// #region api
class Room extends Handler {
  #lines: string[] = [];
  say(line: string): void {
    this.#lines.push(line);
  }
  lines(): string[] {
    return this.#lines;
  }
}

class Api extends Handler {
  openRoom(): Room {
    return new Room(); // by reference: the client gets a RemoteObject<Room>
  }
  isOurs(room: Room): boolean {
    return room instanceof Room; // a reference that comes home is the object itself
  }
  async watch(onTick: (when: Date) => void): Promise<void> {
    await onTick(new Date(0)); // a function of the client, called from here
  }
}
// #endregion

const network = memory();
await using _server = await createServer(network, () => new Api());
await using peer = await connect<Api>(network);

// #region calls
using room = await peer.call.openRoom();
await room.call.say('hello');
console.log(await room.call.lines()); // [ 'hello' ]: an array, by value
console.log(await peer.call.isOurs(room)); // true
await peer.call.watch((when) => console.log(when.getTime())); // 0: a Date, by value
// #endregion

deepEqual(await room.call.lines(), ['hello']);
equal(await peer.call.isOurs(room), true);
class Socket {}
await rejects(room.call.say({ user: { socket: new Socket() } } as never), {
  message: 'params[0].user.socket: cannot send a Socket: let its class extend Handler, or register a Codec',
});
