// A to-do service on three instances, each a process of its own, over NATS, and a page that talks to it through a gateway:
// `npm run todo`, or `npm run todo -- --show`, which is its own page, kills the instance that serves it, and ends.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startNats } from '@bjsonrpc/examples/start-nats';
import { createServer } from '@bjsonrpc/peer';
import { nats } from '@bjsonrpc/transport-nats';
import { startGateway } from './gateway.js';
import { show } from './show.js';
import type { Item, TodoApi } from './todo-api.js';

const { values } = parseArgs({
  options: { show: { type: 'boolean', default: false }, port: { type: 'string', default: '8081' } },
});

const natsServer = await startNats();
const { servers } = natsServer;

const items = new Map<string, Item>();
const store: TodoApi = {
  add: async (item) => [...items.set(item.id, item).values()],
  items: async () => [...items.values()],
  instance: async () => 'store',
};
const storing = await createServer(nats({ servers, subject: 'todo.store' }), () => store, {
  onError: () => {},
});

const instances = new Map<string, ChildProcess>();
for (const name of ['one', 'two', 'three']) {
  const child = fork(fileURLToPath(new URL('instance.js', import.meta.url)), [servers, name]);
  instances.set(name, child);
  child.once('exit', () => instances.delete(name));
  await once(child, 'message');
}
const gateway = await startGateway(servers, values.show ? 0 : Number(values.port));
console.log(`The list is at ${gateway.url}`);
for (const [name, { pid }] of instances)
  console.log(`instance ${name}: process ${pid}; kill -9 ${pid} ends it`);

async function end(): Promise<void> {
  await gateway.close();
  for (const child of instances.values()) {
    child.kill();
    await once(child, 'exit');
  }
  await storing.close({ graceMs: 0 });
  await natsServer[Symbol.asyncDispose]();
}

if (values.show) {
  await show(gateway.url, async (name) => void instances.get(name)?.kill('SIGKILL'));
  await end();
} else for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
