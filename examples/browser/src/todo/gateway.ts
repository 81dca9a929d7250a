import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectionClosedError, createServer, Handler } from '@bjsonrpc/peer';
import { LastingClient } from '@bjsonrpc/peer/lasting';
import { nats } from '@bjsonrpc/transport-nats';
import { ws } from '@bjsonrpc/transport-ws';
import { serveFile } from '../server/static-files.js';
import type { TodoApi } from './todo-api.js';

export interface Gateway {
  readonly url: string;
  close(): Promise<void>;
}

/** Pages speak WebSocket, instances NATS; this is between them. Each page has an instance of its own, until that ends. */
export async function startGateway(servers: string, port: number): Promise<Gateway> {
  const http = createHttpServer((request, response) => void serveFile(request, response));
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const { port: actual } = http.address() as AddressInfo;
  const pages = await createServer(ws({ server: http, path: '/rpc' }), () => new PageApi(servers), {
    onError: (error, { connection }) => connection ?? console.error(error), // pages come and go
  });
  return {
    url: `http://127.0.0.1:${actual}/todo.html`,
    close: async () => {
      await pages.close({ graceMs: 0 });
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** What one page may call. */
class PageApi extends Handler {
  readonly #instance: LastingClient<TodoApi>;

  constructor(servers: string) {
    super();
    this.#instance = new LastingClient<TodoApi>(nats({ servers, subject: 'todo' }));
  }

  add(item: Parameters<TodoApi['add']>[0]): ReturnType<TodoApi['add']> {
    return again(() => this.#instance.call.add(item));
  }

  items(): ReturnType<TodoApi['items']> {
    return again(() => this.#instance.call.items());
  }

  instance(): Promise<string> {
    return again(() => this.#instance.call.instance());
  }

  override async onClose(): Promise<void> {
    await this.#instance.close({ graceMs: 0 });
  }
}

/** What it calls may have run before its instance died; with these calls, running twice does no harm. */
async function again<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ConnectionClosedError) || tries === 3) throw error;
    }
  }
}
