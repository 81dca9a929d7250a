/**
 * Something to call: `npm run serve -- --port N`. Publishes everything that {@link ServerHandler} has, to peers of 2010
 * and of today alike. Prints the address and `ready` when it listens; ends with SIGINT or SIGTERM, after the calls
 * that run then.
 */
import { parseArgs } from 'node:util';
import { createServer } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import { ServerHandler } from './reference-handler.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '10123' },
    host: { type: 'string', default: '127.0.0.1' },
    trace: { type: 'boolean', default: false },
  },
});

const server = await createServer(
  tcp({ host: values.host, port: Number(values.port) }),
  () => new ServerHandler(),
  values.trace ? { trace: console.error } : {},
);
console.log(`listening on ${server.address.host}:${server.address.port}`);
console.log('ready');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await server.close({ graceMs: 2000 });
    console.log('closed');
  });
}
