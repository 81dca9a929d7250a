import { deepEqual, equal } from 'node:assert/strict';
import { connect, createServer, Handler, type RemoteFunction } from '@bjsonrpc/peer';
import { ws } from '@bjsonrpc/transport-ws';

class Room extends Handler {
  async *messages(): AsyncGenerator<string> {
    yield 'welcome';
  }
}

class Api extends Handler {
  room(): Room {
    return new Room();
  }
  async listen(heard: RemoteFunction<(text: string) => Promise<void>>): Promise<void> {
    await heard('hello');
  }
}

await using server = await createServer(ws({ port: 0 }), () => new Api());
const url = server.address.url ?? '';
const texts: string[] = [];
const show = (text: string): void => void texts.push(text);

// #region browser
await using peer = await connect<Api>(ws(url), { pingInterval: 10_000 });
await peer.call.listen(show); // the server calls the page
using room = await peer.call.room(); // an object of the server
for await (const text of room.pipe.messages()) show(text);
// #endregion

deepEqual(texts, ['hello', 'welcome']);
equal(peer.stats.pending, 0);
