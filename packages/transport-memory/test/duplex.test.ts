import { duplexSuite } from '@bjsonrpc/duplex-suite';
import { type MemoryOptions, memoryPair } from '@bjsonrpc/transport-memory';

function suite(name: string, options: MemoryOptions): void {
  duplexSuite(
    name,
    async ({ maxMessageBytes }) => {
      const [a, b] = memoryPair(options, { maxMessageBytes: [maxMessageBytes, maxMessageBytes] });
      return { a, b, close: async () => {} };
    },
    { carriesBytes: options.carriesBytes ?? false },
  );
}

suite('memory', {});
suite('memory with bytes', { carriesBytes: true });
suite('memory with bytes, in split turns', { carriesBytes: true, split: 0.5 });
suite('memory in split turns', { split: 0.5 });
for (const seed of [1, 2, 3]) suite(`memory with seed ${seed}`, { seed, latencyMs: seed - 1, jitterMs: 2 });
