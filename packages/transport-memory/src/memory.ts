import type { AbortSignalLike, OnDuplex } from '@bjsonrpc/protocol';
import { checkMemoryOptions } from './check-memory-options.js';
import type { MemoryDuplex } from './memory-duplex.js';
import type { MemoryNetwork } from './memory-network.js';
import type { MemoryOptions } from './memory-options.js';
import { memoryPair } from './memory-pair.js';

/**
 * A network of one address in this process: what listens on the returned value is what dialling it reaches. Rejects a
 * dial when nothing listens, and a second listener. It breaks by its options, or when it is told to.
 *
 * @throws TypeError for an option that there is not, or of the wrong kind
 */
export function memory(options: MemoryOptions = {}): MemoryNetwork {
  checkMemoryOptions(options);
  let listener: { readonly onDuplex: OnDuplex; readonly maxMessageBytes: number | undefined } | undefined;
  let connections = 0;
  let pairs: (readonly [ours: MemoryDuplex, theirs: MemoryDuplex])[] = [];
  const open = (): typeof pairs => {
    pairs = pairs.filter(([ours, theirs]) => !ours.isOver || !theirs.isOver);
    return pairs;
  };
  const network: MemoryNetwork = {
    name: 'memory',
    dials: 'connect',
    get connections() {
      return open().length;
    },
    async dial({ signal, maxMessageBytes }) {
      // As on a network, nothing happens before the caller has his promise.
      await undefined;
      if (network.dials === 'hang') await new Promise((_, reject) => whenAborted(signal, reject));
      if (signal?.aborted) throw signal.reason;
      if (listener === undefined || network.dials === 'refuse')
        throw new Error('Cannot connect to memory: connection refused, nobody listens');
      const [ours, theirs] = memoryPair(options, {
        connection: connections++,
        maxMessageBytes: [maxMessageBytes, listener.maxMessageBytes],
      });
      pairs = [...open(), [ours, theirs]];
      listener.onDuplex(theirs, { transport: 'memory' });
      return ours;
    },
    async listen(onDuplex, { maxMessageBytes } = {}) {
      if (listener !== undefined) throw new Error('Cannot listen on memory: somebody listens already');
      const own = { onDuplex, maxMessageBytes };
      listener = own;
      return {
        address: {},
        // There is nothing here that would keep a process alive.
        ref() {},
        unref() {},
        close: async () => {
          if (listener === own) listener = undefined;
        },
      };
    },
    cut() {
      for (const [ours] of open()) ours.cut();
    },
    end() {
      for (const [ours] of open()) ours.endByNetwork();
    },
    stall(way = 'both') {
      for (const [ours, theirs] of open()) {
        if (way !== 'up') ours.stall(true);
        if (way !== 'down') theirs.stall(true);
      }
    },
    thaw() {
      for (const end of open().flat()) end.stall(false);
    },
  };
  return network;
}

function whenAborted(signal: AbortSignalLike | undefined, run: (reason: unknown) => void): void {
  if (signal?.aborted) run(signal.reason);
  signal?.addEventListener('abort', () => run(signal.reason), { once: true });
}
