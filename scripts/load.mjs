// Thousands of connections to one server, from several processes, over TCP on loopback: `npm run load -- --connections 5000`.
// Every connection is opened and makes one call; then each makes 20 calls in random order; then all are closed.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connect, createServer } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';

const CALLS = 20;
const PROCESSES = 5;

if (process.send) process.on('message', beClients);
else await beServer();

async function beServer() {
  const { values } = parseArgs({ options: { connections: { type: 'string', default: '5000' } } });
  const connections = Number(values.connections);
  const errors = [];
  const server = await createServer(
    tcp({ port: 0, maxConnections: connections, maxConnectionsPerAddress: connections }),
    () => ({ add: (a, b) => a + b }),
    { onError: (error) => errors.push(error) },
  );
  const clients = Array.from({ length: PROCESSES }, () => fork(fileURLToPath(import.meta.url)));
  const mib = () => Math.round(process.memoryUsage().rss / 2 ** 20);
  const all = async (task) => {
    const began = performance.now();
    const told = await Promise.all(clients.map((client) => asked(client, task)));
    const failed = told.flatMap(({ failures }) => failures);
    const slowest = Math.max(...told.map(({ slowestMs }) => slowestMs));
    console.log(
      `${task.name}: ${((performance.now() - began) / 1000).toFixed(2)} s; slowest ${slowest.toFixed(0)} ms; ` +
        `server ${mib()} MiB, ${server.connections.size} connections; ${failed.length} errors ${failed[0] ?? ''}`,
    );
    return failed.length;
  };
  console.log(`server alone: ${mib()} MiB`);
  let failures = 0;
  for (const name of ['connect and call once', `${CALLS} calls each, at random`, 'close'])
    failures += await all({ name, port: server.address.port, connections: connections / PROCESSES });
  for (const client of clients) client.disconnect();
  // The last ones close on this side, too.
  for (let i = 0; i < 100 && server.connections.size > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const left = server.connections.size;
  await server.close();
  console.log(`left: ${left} connections; errors of the server: ${errors.length} ${errors[0] ?? ''}`);
  process.exitCode = failures + left + errors.length > 0 ? 1 : 0;
}

function asked(client, task) {
  return new Promise((resolve, reject) => {
    client.once('message', resolve);
    client.once('exit', (code) => reject(new Error(`a client has ended with ${code}`)));
    client.send(task);
  });
}

let peers = [];

async function beClients({ name, port, connections }) {
  const failures = [];
  let slowestMs = 0;
  const timed = async (run) => {
    const began = performance.now();
    try {
      await run();
    } catch (error) {
      failures.push(String(error));
    }
    slowestMs = Math.max(slowestMs, performance.now() - began);
  };
  const add = (peer) => async () => {
    if ((await peer.call.add(2, 3)) !== 5) throw new Error('a wrong answer');
  };
  if (name.startsWith('connect')) {
    const open = () =>
      timed(async () => {
        const peer = await connect(tcp({ port }));
        peers.push(peer);
        await add(peer)();
      });
    // As fast as they are accepted, and no faster than the system's queue of those that wait for that.
    for (let left = connections; left > 0; left -= 50)
      await Promise.all(Array.from({ length: Math.min(50, left) }, open));
  } else if (name === 'close') {
    await Promise.all(peers.map((peer) => timed(() => peer.close())));
    peers = [];
  } else {
    const order = peers.flatMap((peer) => Array(CALLS).fill(peer)).sort(() => Math.random() - 0.5);
    for (let i = 0; i < order.length; i += 500)
      await Promise.all(order.slice(i, i + 500).map((peer) => timed(add(peer))));
  }
  process.send({ failures, slowestMs });
}
