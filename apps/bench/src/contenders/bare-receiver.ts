/** What a bare client does with the bytes of a transfer: whatever carries them is read no faster than the disk writes. */
import { createWriteStream } from 'node:fs';
import type { Transfer } from '../contender.js';

/** What carries them. */
export interface Flow {
  onBytes(listener: ((bytes: Uint8Array) => void) | undefined): void;
  pause(): void;
  resume(): void;
}

/** Asks for a transfer and takes all of it; answers how many bytes it was. */
export function receive(flow: Flow, transfer: Transfer, ask: (text: string) => void): Promise<number> {
  const { chunks, chunkBytes, target } = transfer;
  const file = target === undefined ? undefined : createWriteStream(target);
  return new Promise((resolve, reject) => {
    let missing = chunks * chunkBytes;
    file?.on('error', reject);
    file?.on('drain', () => flow.resume());
    flow.onBytes((bytes) => {
      missing -= bytes.length;
      if (file?.write(bytes) === false) flow.pause();
      if (missing > 0) return;
      flow.onBytes(undefined);
      flow.resume();
      const done = (): void => resolve(chunks * chunkBytes - missing);
      if (file === undefined) done();
      else file.end(done);
    });
    ask(JSON.stringify(transfer));
  });
}
