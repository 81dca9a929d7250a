import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Transport } from '@bjsonrpc/peer';
import { ws } from '@bjsonrpc/transport-ws';
import { usageFailure } from '../failure.js';
import type { Address } from './address.js';
import type { TlsOptions, TransportSettings } from './transport-settings.js';

type WebAddress = Extract<Address, { kind: 'ws' | 'wss' }>;

/** Listens for WebSockets; for `wss` behind an HTTPS server of its own. @throws Failure for `wss` without a certificate */
export function webListener(
  { kind, host, port, path }: WebAddress,
  { allowedOrigins = [], allowedHosts = [] }: TransportSettings,
  tls: TlsOptions | undefined,
): Transport {
  const doors = {
    ...(allowedOrigins.length > 0 && { allowedOrigins }),
    ...(allowedHosts.length > 0 && { allowedHosts: [...allowedHosts, 'localhost', '127.0.0.1', '[::1]'] }),
  };
  if (kind === 'ws') return ws({ host, port, path, ...doors });
  if (tls?.cert === undefined || tls.key === undefined)
    throw usageFailure('to listen at wss takes a certificate', '--cert FILE and --key FILE, both in PEM.');
  return secure({ host, port, path }, { tls, doors });
}

function secure(
  { host, port, path }: Pick<WebAddress, 'host' | 'port' | 'path'>,
  { tls, doors }: { readonly tls: TlsOptions; readonly doors: object },
): Transport {
  return {
    name: 'ws',
    dial: () => Promise.reject(new TypeError('a listener cannot dial')),
    listen: async (onDuplex, options) => {
      const server = createServer({ ...tls }, (_, response) => {
        response.writeHead(426, { 'content-type': 'text/plain' }).end('WebSockets only\n');
      });
      const listener = await ws({ server, path, ...doors }).listen(onDuplex, options);
      server.listen(port, host);
      await once(server, 'listening');
      const { port: own } = server.address() as AddressInfo;
      return {
        address: { url: `wss://${host.includes(':') ? `[${host}]` : host}:${own}${path}` },
        close: async () => {
          await listener.close();
          await new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeIdleConnections();
          });
        },
      };
    },
  };
}
