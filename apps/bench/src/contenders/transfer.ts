/** Both ends of a transfer of bytes, for the libraries whose streams are iterated. */
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Transfer } from '../contender.js';

/** What the server sends. */
export function parts(transfer: Transfer): Generator<Uint8Array, void> | AsyncIterable<Uint8Array> {
  const { source, chunkBytes } = transfer;
  return source === undefined ? chunksOf(transfer) : createReadStream(source, { highWaterMark: chunkBytes });
}

/** Chunks in the memory of the server. */
export function* chunksOf({ chunks, chunkBytes }: Transfer): Generator<Uint8Array, void> {
  const chunk = new Uint8Array(chunkBytes).fill(120);
  for (let i = 0; i < chunks; i++) yield chunk;
}

/** What the client does with it: answers how many bytes it was. */
export async function take(from: AsyncIterable<Uint8Array>, { target }: Transfer): Promise<number> {
  if (target !== undefined) {
    const file = createWriteStream(target);
    await pipeline(from, file);
    return file.bytesWritten;
  }
  let bytes = 0;
  for await (const part of from) bytes += part.length;
  return bytes;
}
