/** Streams of bytes, beside sockets that do nothing else. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContenderName } from '../contenders.js';
import type { Bench, Suite } from '../harness/bench.js';
import type { Effort } from '../harness/effort.js';
import type { Figure, Sample } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import { Pair } from '../harness/pair.js';

const MIB = 1024 * 1024;
/** Code is warmed by the number of chunks, not by their size. */
const WARM_CHUNK_BYTES = 64 * 1024;
const CHUNK_BYTES = [64 * 1024, MIB];

/** What is compared: each transport with the bare socket beneath it. */
const grounds = [
  { baseline: 'bare', contenders: ['bare', 'bjsonrpc-tcp'] },
  { baseline: 'bare-ws', contenders: ['bare-ws', 'bjsonrpc-ws'] },
] as const;

export const bytes: Suite = {
  name: 'bytes',
  title: 'Bytes',
  about:
    'A stream of Uint8Array from the server to the client, by bytes in a chunk: from memory to memory, and from file to file. Then by ' +
    'how much the most memory of either process grew meanwhile.',
  baseline: 'bare',
  run: async (bench: Bench): Promise<Figure[]> => {
    const folder = await mkdtemp(join(tmpdir(), 'bjsonrpc-bytes-'));
    try {
      const source = join(folder, 'source');
      await writeFile(source, Buffer.alloc(bench.effort.transferBytes, 'x'));
      const figures: Figure[] = [];
      for (const { baseline, contenders } of grounds) {
        const lanes = CHUNK_BYTES.flatMap((chunkBytes) =>
          bench.contenders(contenders).map(
            (contender): Lane => ({
              contender,
              x: chunkBytes,
              run: () => transfers(contender, { effort: bench.effort, chunkBytes, source }),
            }),
          ),
        );
        const { longRounds: rounds } = bench.effort;
        figures.push(...(await inTurns(bench, { suite: 'bytes', lanes, rounds, warmUps: 0, baseline })));
      }
      return figures;
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** Fresh processes every time: what a process once had is in its most memory for ever. */
async function transfers(
  contender: ContenderName,
  { effort, chunkBytes, source }: { effort: Effort; chunkBytes: number; source: string },
): Promise<Sample[]> {
  const pair = await Pair.start(contender, { connections: 1 });
  const target = `${source}.copy`;
  try {
    const chunks = effort.transferBytes / chunkBytes;
    await pair.client.run('bytes', { chunks: effort.warmChunks, chunkBytes: WARM_CHUNK_BYTES });
    const before = await memories(pair);
    const counted = await pair.client.run('bytes', { chunks, chunkBytes });
    const written = await pair.client.run('bytes', { chunks, chunkBytes, source, target });
    const after = await memories(pair);
    return [
      { metric: 'memory to memory', unit: 'MB/s', value: counted.bytes / 1e6 / counted.seconds },
      { metric: 'file to file', unit: 'MB/s', value: written.bytes / 1e6 / written.seconds },
      { metric: 'server grew', unit: 'MiB', value: (after.server - before.server) / MIB },
      { metric: 'client grew', unit: 'MiB', value: (after.client - before.client) / MIB },
    ];
  } finally {
    await pair.end();
    await rm(target, { force: true });
  }
}

async function memories(pair: Pair): Promise<{ readonly server: number; readonly client: number }> {
  const [server, client] = await Promise.all([pair.server.run('mostMemory'), pair.client.run('mostMemory')]);
  return { server, client };
}
