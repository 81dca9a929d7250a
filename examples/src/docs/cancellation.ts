import { equal, rejects } from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, createServer, currentCall, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

class Worker extends Handler {
  work(): string {
    return 'done';
  }
}

// #region api
class Api extends Handler<Worker> {
  async search(text: string): Promise<string> {
    const { signal } = currentCall(); // before the first await
    await delay(60_000, undefined, { signal }); // stops when the caller does
    return text;
  }
  delegate(): Promise<string> {
    return this.peer.with(currentCall()).call.work(); // its deadline, signal and trace go along
  }
}
// #endregion

const network = memory();
await using _server = await createServer(network, () => new Api());
await using peer = await connect<Api>(network, { handler: new Worker() });

// #region call
const stop = new AbortController();
const answer = peer.with({ timeout: 500, signal: stop.signal }).call.search('needle');
stop.abort(); // a CancelledError at once; after half a second it would have been a TimeoutError
// #endregion

await rejects(answer, { name: 'CancelledError' });
await rejects(peer.with({ timeout: 20 }).call.search('needle'), { name: 'TimeoutError' });
const request = peer.method.search('needle');
request.cancel();
await rejects(request.value, { name: 'CancelledError' });
equal(await peer.with({ timeout: 1000 }).call.delegate(), 'done');
