import type { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex as Stream } from 'node:stream';
import { refuse } from './refusal.js';
import type { HttpServer } from './ws-options.js';

/** Gets a request to upgrade, the socket that it came by, and what came right behind it. */
export type OnUpgrade = (request: IncomingMessage, socket: Stream, head: Buffer) => void;

/** What listens on each HTTP server, by path. */
const routesOf = new WeakMap<HttpServer, Map<string, OnUpgrade>>();

/**
 * Take the upgrades of one path. Those of other paths are left to whoever else listens for upgrades on that server, and
 * refused if nobody does. Returns how to stop it.
 *
 * @throws when the path is taken, or the server is none
 */
export function route(server: HttpServer, path: string, onUpgrade: OnUpgrade): () => void {
  if (!(server instanceof EventEmitter))
    throw new TypeError('server: give a server of node:http or node:https');
  const routes = routesOf.get(server) ?? serve(server);
  if (routes.has(path)) {
    throw Object.assign(new Error(`Cannot listen on path ${path}: it is in use`), { code: 'EADDRINUSE' });
  }
  routes.set(path, onUpgrade);
  return () => void routes.delete(path);
}

function serve(server: HttpServer & EventEmitter): Map<string, OnUpgrade> {
  const routes = new Map<string, OnUpgrade>();
  routesOf.set(server, routes);
  server.on('upgrade', (request: IncomingMessage, socket: Stream, head: Buffer) => {
    const found = routes.get(request.url?.split('?', 1)[0] ?? '');
    if (found) found(request, socket, head);
    else if (server.listenerCount('upgrade') === 1) {
      refuse(socket, { status: 404, why: 'nothing to connect to here' });
    }
  });
  return routes;
}
