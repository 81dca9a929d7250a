import { equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer, currentCall, Handler } from '@bjsonrpc/peer';
import { ws } from '@bjsonrpc/transport-ws';

const page = '<!doctype html><script type="module" src="/page.js"></script>';
const userOf = (cookie: string): string | undefined => /user=(\w+)/.exec(cookie)?.[1];

// #region server
class Api extends Handler {
  whoAmI(): unknown {
    return currentCall().principal;
  }
}

const http = createHttpServer((_, response) => response.setHeader('content-type', 'text/html').end(page));
const server = await createServer(
  ws({
    server: http, // beside its other routes
    path: '/rpc',
    authenticate: ({ headers }) => userOf(String(headers.cookie)), // undefined: refused
  }),
  () => new Api(),
);
http.listen(0, '127.0.0.1');
// #endregion

await once(http, 'listening');
const { port } = http.address() as AddressInfo;
match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /page\.js/);
const url = `ws://127.0.0.1:${port}/rpc`;
const origin = `http://127.0.0.1:${port}`;
const peer = await connect<Api>(ws({ url, headers: { origin, cookie: 'user=ada' } }));
equal(await peer.call.whoAmI(), 'ada');
await peer.close();
await server.close({ graceMs: 0 });
http.closeAllConnections();
http.close();
