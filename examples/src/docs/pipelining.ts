import { equal } from 'node:assert/strict';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

class Folder extends Handler {
  readonly #path: string;
  constructor(path: string) {
    super();
    this.#path = path;
  }
  folder(name: string): Folder {
    return new Folder(`${this.#path}/${name}`);
  }
  path(): string {
    return this.#path;
  }
}

class Api extends Handler {
  root(): Folder {
    return new Folder('');
  }
  isFolder(folder: Folder): boolean {
    return folder instanceof Folder;
  }
}

const network = memory();
await using _server = await createServer(network, () => new Api());
await using peer = await connect<Api>(network);
await peer.ping(); // greetings have been exchanged

// #region chain
const home = peer.call.root().call.folder('home'); // a promise; nothing has been awaited
console.log(await home.call.folder('ada').call.path()); // /home/ada: one round trip for all four calls
console.log(await peer.call.isFolder(home)); // true: such a promise is an argument, too
// #endregion

equal(await home.call.path(), '/home');
