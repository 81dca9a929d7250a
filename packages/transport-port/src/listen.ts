import type { Listener, ListenOptions, OnDuplex } from '@bjsonrpc/protocol';
import type { OpenLine } from './line.js';
import { limitsOf, type PortOptions } from './port-options.js';
import { Reception } from './reception.js';

/** Offers each connection that the other side of a port opens: one at a time, a new one in place of the one before. */
export async function listenAtPort(
  { open, options }: { readonly open: OpenLine; readonly options: PortOptions },
  onDuplex: OnDuplex,
  { maxMessageBytes, onRefused }: ListenOptions = {},
): Promise<Listener> {
  const reception = new Reception(open, {
    limits: limitsOf(options, maxMessageBytes),
    onDuplex,
    onFailure: () => {},
    onRefused: (error, remoteAddress) => {
      try {
        onRefused?.(error, { transport: 'port', remoteAddress });
      } catch {
        // Its own affair.
      }
    },
  });
  reception.greet();
  return {
    address: {},
    close: async () => reception.leave(),
  };
}
