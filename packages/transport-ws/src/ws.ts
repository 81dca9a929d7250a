import type { Transport } from '@bjsonrpc/protocol';
import { checkWsOptions } from './check-ws-options.js';
import { dialPlatform, platformWebSocket } from './platform-dial.js';
import { optionsOf, type WsOptions } from './ws-options.js';

/**
 * One message per WebSocket message. The same value dials and listens: `connect(ws())` reaches `createServer(ws(), …)`
 * on this machine's loopback interface. `ws('wss://…')` dials elsewhere; `ws({ server, path })` listens beside an HTTP
 * server's other routes.
 *
 * A listener lets in nobody whom the options do not: no web page but its own (`allowedOrigins`), no name that is not this
 * machine's own (`allowedHosts`), nobody whom `authenticate` refuses. It speaks no compression, and accepts text, in text frames or
 * binary ones. Who sends a message that is too long, or is not UTF-8, and who does not read, is cut off.
 *
 * @throws TypeError for an option that there is not, or of the wrong kind
 */
export function ws(given: string | URL | WsOptions = {}): Transport {
  const options = optionsOf(given);
  checkWsOptions(options);
  return {
    name: 'ws',
    dial: async (dialOptions) => {
      if (dialsWithPlatform(options)) return dialPlatform(options, dialOptions);
      // Whoever does not need the `ws` package does not load it.
      const { dial } = await import('./dial.js');
      return dial(options, dialOptions);
    },
    listen: async (onDuplex, listenOptions) => {
      if (options.url !== undefined)
        throw new TypeError('ws(url) dials. To listen, give port and host, or server');
      const { listen } = await import('./listen.js');
      return listen(options, onDuplex, listenOptions);
    },
  };
}

function dialsWithPlatform({ use, headers, tls }: WsOptions): boolean {
  if (use !== undefined) return use === 'platform';
  return headers === undefined && tls === undefined && platformWebSocket() !== undefined;
}
