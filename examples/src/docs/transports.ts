import { equal } from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';

const handler = { ping: () => 'pong' };
const path = join(await mkdtemp(join(tmpdir(), 'bjsonrpc-')), 'app.sock');

// #region tcp
await using server = await createServer(tcp({ port: 0 }), () => handler); // any free port
await using peer = await connect<typeof handler>(tcp({ port: server.address.port ?? 0 }));

await using local = await createServer(tcp({ path }), () => handler); // a unix socket
await using neighbour = await connect<typeof handler>(tcp({ path }));
// #endregion

equal(await peer.call.ping(), 'pong');
equal(await neighbour.call.ping(), 'pong');
equal(local.address.path, path);
