import { deepEqual, equal } from 'node:assert/strict';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

const network = memory();
const online = new Set<string>();
const log: string[] = [];
let guests = 0;

// #region root
class Session extends Handler {
  readonly #name = `guest ${++guests}`;
  override onOpen(): void {
    online.add(this.#name); // its client may be called from now on: this.peer
  }
  override onClose(): void {
    online.delete(this.#name); // it has gone, however: it closed, it crashed, it fell silent
  }
  others(): string[] {
    return [...online].filter((name) => name !== this.#name);
  }
}

const server = await createServer(network, () => new Session()); // a new one for each connection
// #endregion

const other = await connect<Session>(network);

// #region closed
const peer = await connect<Session>(network, {
  pingInterval: 15_000, // asked when it was silent for so long, given up when it is for as long again
  onError: (error, { method }) => log.push(`${method}: ${error}`), // what no caller can be told
});
void peer.closed.then(({ by, error }) => log.push(`ended by ${by}: ${error ?? 'in peace'}`));
// #endregion

deepEqual(await peer.call.others(), ['guest 1']);
await other.close();
await server.close({ graceMs: 0 });
await peer.closed;
equal(online.size, 0);
deepEqual(log, ['ended by there: in peace']);
