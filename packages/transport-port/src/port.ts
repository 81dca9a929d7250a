import type { Transport } from '@bjsonrpc/protocol';
import { dialPort } from './dial.js';
import { lineOf, type PortTarget } from './line-of.js';
import { listenAtPort } from './listen.js';
import { checkPortOptions, type PortOptions } from './port-options.js';

/**
 * What stands at the other side of a port: a worker, a page in an iframe, a child process, another part of an extension.
 * One side dials and the other listens, or both dial; who is there first waits for the other. A port carries one
 * connection at a time, and stays open when that has closed: it can be dialled again.
 *
 * Bytes go beside messages, where the port copies them as they are, and their memory goes over with them (section 10 of the
 * protocol): processes whose IPC is JSON (Node's default) and extensions get base64.
 *
 * @throws TypeError for what is no port, an option that there is not or of the wrong kind, an origin that is none
 */
export function port(target: PortTarget, options: PortOptions = {}): Transport {
  checkPortOptions(options);
  const parts = { open: lineOf(target, options.origin), options };
  return {
    name: 'port',
    dial: (dialOptions) => dialPort(parts, dialOptions),
    listen: (onDuplex, listenOptions) => listenAtPort(parts, onDuplex, listenOptions),
  };
}
