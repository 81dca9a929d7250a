import { equal } from 'node:assert/strict';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';

const port = 0;

// #region server
class ServerHandler extends Handler {
  #count = 0; // one instance for each connection, as there
  hello(name: string): string {
    this.#count++;
    return `hello ${name}`;
  }
  count(): number {
    return this.#count;
  }
}

const server = await createServer(tcp({ port }), () => new ServerHandler());
// #endregion

// #region client
const peer = await connect<ServerHandler>(tcp({ port: server.address.port ?? port }));
console.log(await peer.call.hello('Ada')); // awaited, or it is a promise
const request = peer.method.hello('Bob');
console.log(await request.value);
peer.notify.hello('nobody');
// #endregion

equal(await peer.call.count(), 3);
await peer.close();
await server.close();
