import { deepEqual, equal } from 'node:assert/strict';
import { connect, createServer, currentCall, Handler } from '@bjsonrpc/peer';
import { nats, natsBroadcast } from '@bjsonrpc/transport-nats';
import { startNats } from '../start-nats.js';

await using natsServer = await startNats();
const { servers } = natsServer;

class Todo extends Handler {
  readonly #items: string[] = [];
  add(item: string): number {
    return this.#items.push(item);
  }
  whoAmI(): unknown {
    return currentCall().principal;
  }
}

// #region service
const service = nats({ servers, subject: 'rpc.todo' });

await using server = await createServer(service, () => new Todo()); // on as many machines as there are
await using peer = await connect<Todo>(service); // from anywhere
// #endregion

equal(await peer.call.add('milk'), 1);

class Room extends Handler {
  readonly said: string[] = [];
  say(text: string): number {
    return this.said.push(text);
  }
}
const room = new Room();

// #region object
await using open = await createServer(nats({ servers, subject: 'room.42' }), () => room);

await using visitor = await connect<Room>(nats({ servers, subject: 'room.42' }));
await visitor.call.say('hello');
// #endregion

deepEqual(room.said, ['hello']);

// #region instance
await using first = await createServer(
  nats({ servers, subject: 'rpc.todo', instance: 'first' }),
  () => new Todo(),
);

await using toFirst = await connect<Todo>(nats({ servers, subject: 'rpc.todo', instance: 'first' }));
// #endregion

equal(await toFirst.call.add('bread'), 1);

let news = '';
class Listening extends Handler {
  changed(what: string): void {
    news = what;
  }
}

// #region broadcast
const toAll = natsBroadcast({ servers, subject: 'rpc.todo' });
const plain = { extensions: false };

await using everywhere = await createServer(toAll, () => new Listening(), plain);
await using speaker = await connect<Listening>(toAll, plain);
speaker.notify.changed('the rates');
// #endregion

for (let i = 0; i < 200 && news === ''; i++) await new Promise((resolve) => setTimeout(resolve, 10));
equal(news, 'the rates');
equal(server.connections.size + first.connections.size, 2);
equal(open.connections.size, 1);
equal(everywhere.connections.size, 1);
