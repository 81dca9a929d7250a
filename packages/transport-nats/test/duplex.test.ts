import { duplexSuite } from '@bjsonrpc/duplex-suite';
import { afterAll, beforeAll } from 'vitest';
import { type NatsServer, startNats } from './nats-server.ts';
import { openNats } from './open-nats.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNats();
});
afterAll(() => server.stop());

duplexSuite('nats', (peers) => openNats({ servers: server.url }, peers), { carriesBytes: true });
