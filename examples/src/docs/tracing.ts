import { deepEqual } from 'node:assert/strict';
import { connect, createServer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

const lines: string[] = [];
const console = { error: (line: string) => lines.push(line) };
const handler = { add: (a: number, b: number) => a + b };
const network = memory();
await using _server = await createServer(network, () => handler);

// #region trace
await using peer = await connect<typeof handler>(network, { extensions: false, trace: console.error });
await peer.call.add(2, 3);
// >:38: {"params":[2,3],"method":"add","id":1}
// <:32: {"id":1,"result":5,"error":null}
// #endregion

deepEqual(lines, ['>:38: {"params":[2,3],"method":"add","id":1}', '<:32: {"id":1,"result":5,"error":null}']);
