import { deepEqual, equal } from 'node:assert/strict';
import { connect, createServer, jsonrpc2, RpcError } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';

const port = 0;

// #region json-rpc 2.0
const methods = {
  subtract: (a: number, b: number) => a - b,
  fail(): never {
    throw new RpcError('not today', { code: 4001, data: { retry: true } });
  },
};

await using server = await createServer(tcp({ port }), () => methods, { dialect: jsonrpc2 });

const address = tcp({ port: server.address.port ?? 0 });
await using peer = await connect<typeof methods>(address, { dialect: jsonrpc2 });
console.log(await peer.call.subtract(42, 23)); // 19
const differences = peer.batch(() => [peer.call.subtract(2, 1), peer.call.subtract(3, 1)]);
console.log(await Promise.all(differences)); // [ 1, 2 ], by one message and its answer
// #endregion

equal(await peer.call.subtract(42, 23), 19);
deepEqual(await Promise.all(differences), [1, 2]);
deepEqual((await peer.call.fail().catch((error: RpcError) => error)).data, { retry: true });
