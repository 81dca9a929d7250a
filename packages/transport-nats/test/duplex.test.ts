import { duplexSuite } from '@bjsonrpc/duplex-suite';
import { afterAll, beforeAll } from 'vitest';
import { type NatsServer, startNats } from './nats-server.ts';
import { openNats } from './open-nats.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNats();
});
afterAll(() => server.stop());

duplexSuite('nats', (peers) => openNats({ servers: server.url }, peers));
duplexSuite('nats, accepted end first', async (peers) => {
  const { a, b, close } = await openNats({ servers: server.url }, peers);
  return { a: b, b: a, close };
});
