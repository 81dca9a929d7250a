// client.ts
import { connect, Handler } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import type { Api, Client } from './server.js';

class ClientApi extends Handler implements Client {
  whoAreYou(): string {
    return 'Ada';
  }
}

await using peer = await connect<Api>(tcp(), { handler: new ClientApi() });

console.log(await peer.call.add(2, 3)); // 5
console.log(await peer.call.greet()); // hello Ada

using list = await peer.call.newList(); // an object of the server
using other = await peer.call.newList();
list.notify.add(1); // no answer wanted
await other.call.add(2);
console.log(await peer.call.merge(list, other)); // [ 1, 2 ]

for await (const t of peer.pipe.tick(3)) console.log(t); // 0 1 2, as fast as they are read

console.log(await peer.call.newList().call.items()); // [], in one round trip: no await between
