import type { OnDuplex, Transport } from '@bjsonrpc/protocol';
import { checkMemoryOptions } from './check-memory-options.js';
import type { MemoryOptions } from './memory-options.js';
import { memoryPair } from './memory-pair.js';

/**
 * A network of one address in this process: what listens on the returned value is what dialling it reaches. Rejects a
 * dial when nothing listens, and a second listener.
 *
 * @throws TypeError for an option that there is not, or of the wrong kind
 */
export function memory(options: MemoryOptions = {}): Transport {
  checkMemoryOptions(options);
  let listener: { readonly onDuplex: OnDuplex; readonly maxMessageBytes: number | undefined } | undefined;
  let connections = 0;
  return {
    name: 'memory',
    async dial({ signal, maxMessageBytes }) {
      // As on a network, nothing happens before the caller has his promise.
      await undefined;
      if (signal?.aborted) throw signal.reason;
      if (listener === undefined)
        throw new Error('Cannot connect to memory: connection refused, nobody listens');
      const [ours, theirs] = memoryPair(options, {
        connection: connections++,
        maxMessageBytes: [maxMessageBytes, listener.maxMessageBytes],
      });
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
  };
}
