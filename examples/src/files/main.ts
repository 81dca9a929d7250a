// main.ts: a file goes to a server as a stream, and another comes back, no faster than disks and readers are
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { connect, createServer, Handler, RpcError } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';

const MIB = 1024 * 1024;

class Store extends Handler {
  readonly #folder: string;

  constructor(folder: string) {
    super();
    this.#folder = folder;
  }

  /** @returns its SHA-256 */
  async put(name: string, content: AsyncIterable<Uint8Array>): Promise<string> {
    const hash = createHash('sha256');
    await pipeline(
      content,
      async function* (parts: AsyncIterable<Uint8Array>) {
        for await (const part of parts) {
          hash.update(part);
          yield part;
        }
      },
      createWriteStream(this.#pathOf(name)),
    );
    return hash.digest('hex');
  }

  get(name: string): AsyncIterable<Uint8Array> {
    return createReadStream(this.#pathOf(name), { highWaterMark: MIB });
  }

  /** Names of strangers are no paths. */
  #pathOf(name: string): string {
    if (basename(name) !== name || name.startsWith('.')) throw new RpcError(`'${name}' is no name of a file`);
    return join(this.#folder, name);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'files-'));
try {
  const original = join(folder, 'original');
  await writeFile(original, randomBytes(20 * MIB));

  await using server = await createServer(tcp({ port: 0 }), () => new Store(folder));
  await using peer = await connect<Store>(tcp({ port: server.address.port ?? 0 }));

  const hash = await peer.call.put('copy', createReadStream(original, { highWaterMark: MIB }));
  console.log('sent:', (await stat(join(folder, 'copy'))).size / MIB, 'MiB');

  const received = createHash('sha256');
  for await (const part of peer.pipe.get('copy')) received.update(part);
  console.log('the same came back:', received.digest('hex') === hash); // true

  await peer.call
    .put('../else', createReadStream(original))
    .catch((error: Error) => console.log(error.message));
} finally {
  await rm(folder, { recursive: true });
}
