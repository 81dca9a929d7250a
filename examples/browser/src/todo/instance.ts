// One instance of the to-do service, a process of its own: `node instance.js SERVERS NAME`.
import { createServer } from '@bjsonrpc/peer';
import { LastingClient } from '@bjsonrpc/peer/lasting';
import { nats } from '@bjsonrpc/transport-nats';
import type { TodoApi } from './todo-api.js';

const [servers = '', name = ''] = process.argv.slice(2);

// What must survive an instance does not live in one.
const store = new LastingClient<TodoApi>(nats({ servers, subject: 'todo.store' }));
const api: TodoApi = {
  add: (item) => store.call.add(item),
  items: () => store.call.items(),
  instance: async () => name,
};
const server = await createServer(nats({ servers, subject: 'todo', instance: name }), () => api);
process.send?.('ready');

process.once('SIGTERM', async () => {
  await server.close({ graceMs: 2000 });
  await store.close();
  process.disconnect?.();
});
