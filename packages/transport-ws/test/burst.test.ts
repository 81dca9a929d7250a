import { burstSuite, type OpenedPair } from '@bjsonrpc/duplex-suite';
import { openPlatform, openWs } from './open-ws.ts';

burstSuite('ws', () => openWs());
burstSuite('ws, from the accepted end', async () => swapped(await openWs()));
burstSuite("the platform's WebSocket", () => openPlatform());

function swapped({ a, b, close }: OpenedPair): OpenedPair {
  return { a: b, b: a, close };
}
