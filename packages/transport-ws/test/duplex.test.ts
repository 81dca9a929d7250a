import { createServer } from 'node:https';
import { duplexSuite, type OpenedPair, type PairOptions } from '@bjsonrpc/duplex-suite';
import { platformWebSocket } from '../src/platform-dial.ts';
import { openPlatform, openWs, testTls } from './open-ws.ts';

const cannotHold = 'a platform WebSocket cannot be paused';

duplexSuite('ws', (peers) => openWs({}, {}, peers), { carriesBytes: true });
duplexSuite('ws, accepted end first', async (peers) => swapped(await openWs({}, {}, peers)), {
  carriesBytes: true,
});
duplexSuite('ws over TLS', openSecure, { carriesBytes: true });
// It is always the second end that is held.
duplexSuite("ws with the platform's WebSocket", (peers) => openPlatform({}, peers), { carriesBytes: true });
duplexSuite(
  "ws with the platform's WebSocket, accepted end first",
  async (peers) => swapped(await openPlatform({}, peers)),
  {
    cannotHold,
    carriesBytes: true,
  },
);

// From Node 22 on there is one that is not of the `ws` package.
const own = platformWebSocket();
if (own)
  duplexSuite("ws with Node's own WebSocket", (peers) => openPlatform({}, peers, own), {
    carriesBytes: true,
  });

function swapped({ a, b, close }: OpenedPair): OpenedPair {
  return { a: b, b: a, close };
}

async function openSecure(peers: PairOptions): Promise<OpenedPair> {
  const server = createServer(testTls);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pair = await openWs({ server, path: '/rpc' }, { tls: { ca: testTls.ca } }, peers);
  return {
    ...pair,
    close: async () => {
      await pair.close();
      server.close();
    },
  };
}
