/**
 * A short session with the reference server: `node dist/reference-client.js --port N`. Prints the wire as this side sees
 * it, in the original's format: `>` is sent, `<` received, and the number is the length in bytes. With `--plain` it
 * speaks as a client of 2010 does, without the greeting and all that comes of it.
 */
import { parseArgs } from 'node:util';
import { connect, kw } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import { ClientHandler, Counter } from './client-handler.js';
import type { ServerHandler } from './reference-handler.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '10123' },
    host: { type: 'string', default: '127.0.0.1' },
    plain: { type: 'boolean', default: false },
  },
});

await using peer = await connect<ServerHandler>(tcp({ host: values.host, port: Number(values.port) }), {
  handler: new ClientHandler(),
  extensions: !values.plain,
  trace: console.log,
});

await peer.call.ping();
await peer.call.add(2, 3);
await peer.call.getabc(1, kw({ c: 3 }));
await peer.call.failValue().catch((error: Error) => console.log(`  ${error.name}: ${error.message}`));

const list = await peer.call.newList();
await list.call.add(1);
list.notify.add(2);
await list.call.items();
await peer.call.listSum(list);
await peer.call.reduce(peer.call.add, [1, 2, 3], 0);
list.close();

await peer.call.callClient('ask', 'why');
await peer.call.useCounter(new Counter(), 2);
await peer.call.fact(4);
