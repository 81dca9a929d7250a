import type { Transport } from '@bjsonrpc/protocol';
import { checkTcpOptions } from './check-tcp-options.js';
import { dial } from './dial.js';
import type { TcpOptions } from './tcp-options.js';

/**
 * Messages over TCP, TLS or a unix socket, one a line unless `framing` says otherwise. The same value dials and listens:
 * `connect(tcp())` reaches `createServer(tcp(), …)` on this machine's loopback interface, and nobody else does unless
 * `host` says so.
 *
 * A line that does not begin with `{` or `[`, a header that gives no length, and a message that is too long or is not
 * UTF-8 close their connection at once with nothing sent back. A connection whose reader does not read is cut off, see
 * `maxWriteBufferBytes` and `writeStallMs`.
 *
 * @throws TypeError for an option that there is not, or of the wrong kind
 */
export function tcp(options: TcpOptions = {}): Transport {
  checkTcpOptions(options);
  return {
    name: 'tcp',
    dial: (dialOptions) => dial(options, dialOptions),
    listen: async (onDuplex, listenOptions) => {
      // Whoever only dials does not load it.
      const { listen } = await import('./listen.js');
      return listen(options, onDuplex, listenOptions);
    },
  };
}
