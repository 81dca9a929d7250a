// main.ts: a server that does long work, tells how far it is, and stops when it is told to
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, connect, createServer, currentCall, Handler } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';

class Jobs extends Handler {
  #running = 0;

  async render(name: string, frames: number): Promise<string> {
    const { progress, signal } = currentCall(); // good until the first await: keep it
    this.#running++;
    try {
      for (let frame = 1; frame <= frames; frame++) {
        await sleep(20, undefined, { signal }); // what takes long is handed the signal
        progress({ name, frame, frames });
      }
      return `${name}.mp4`;
    } finally {
      this.#running--;
    }
  }

  running(): number {
    return this.#running;
  }
}

await using server = await createServer(tcp({ port: 0 }), () => new Jobs());
await using peer = await connect<Jobs>(tcp({ port: server.address.port ?? 0 }));

const onProgress = (progress: unknown): void => {
  const { name, frame, frames } = progress as { name: string; frame: number; frames: number };
  console.log(`${name}: ${Math.round((100 * frame) / frames)} %`);
};

const short = peer.with({ onProgress }).method.render('short', 4);
const giveUp = new AbortController();
const long = peer.with({ onProgress, signal: giveUp.signal }).method.render('long', 40);

console.log(await short.value); // short.mp4
giveUp.abort();
await long.value.catch((error: unknown) => {
  if (!(error instanceof CancelledError)) throw error;
  console.log('long: cancelled');
});
await peer.ping(); // what was to be cleaned up has been
console.log('running:', await peer.call.running()); // 0
