import { setImmediate } from '@bjsonrpc/byte-stream';
import type { DialOptions, Duplex, Listener, ListenOptions, OnDuplex, Transport } from '@bjsonrpc/protocol';
import { takeStandardStreams } from './standard-streams.js';
import { checkStdioOptions, type StdioOptions } from './stdio-options.js';

/**
 * This program's own standard streams: how whoever started it speaks to it. They are one connection. `connect(stdio())`
 * opens it, and so does `createServer(stdio(), …)`, which then serves that one.
 *
 * As long as it is open, standard output is its alone: what else the program writes there (`console.log`,
 * `process.stdout.write`) goes to standard error. Not so what bypasses both: a write to descriptor 1 itself, or a child
 * that inherits it.
 *
 * The end of standard input is the other side's goodbye: what is running is answered, then the connection closes. A
 * program that has nothing else to do ends by itself then.
 *
 * @throws TypeError for an option that there is not, or of the wrong kind
 */
export function stdio(options: StdioOptions = {}): Transport {
  checkStdioOptions(options);
  return {
    name: 'stdio',
    dial: async ({ signal, maxMessageBytes }: DialOptions): Promise<Duplex> => {
      if (signal?.aborted) throw signal.reason;
      return takeStandardStreams(options, maxMessageBytes);
    },
    listen: async (onDuplex: OnDuplex, { maxMessageBytes }: ListenOptions = {}): Promise<Listener> => {
      const duplex = takeStandardStreams(options, maxMessageBytes);
      let isOpen = true;
      setImmediate(() => {
        if (isOpen) onDuplex(duplex, { transport: 'stdio' });
        else duplex.close();
      });
      return {
        address: {},
        close: async () => {
          isOpen = false;
        },
      };
    },
  };
}
