import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { Crowd, guardDoor, setImmediate } from '@bjsonrpc/byte-stream';
import type { Listener, ListenerAddress, ListenOptions, OnDuplex } from '@bjsonrpc/protocol';
import { Doorkeeper, remoteOf } from './doorkeeper.js';
import { ownServer } from './own-server.js';
import { route } from './upgrades.js';
import { bracketed, crowdLimitsOf, type HttpServer, type WsOptions } from './ws-options.js';
import { wsPackage } from './ws-package.js';

/** So many beyond a limit get an answer that says so. */
const MAX_TOLD = 64;

/** Offer connections until the listener closes. Rejects with an error that names the address. */
export async function listen(
  options: WsOptions,
  onDuplex: OnDuplex,
  listenOptions: ListenOptions = {},
): Promise<Listener> {
  const { WebSocketServer } = await wsPackage();
  const { path = '/', server } = options;
  let serving: HttpServer | undefined = server;
  const doorkeeper = new Doorkeeper({
    options,
    listenOptions,
    onDuplex,
    WebSocketServer,
    bound: () => serving && boundHost(serving),
  });
  if (server !== undefined) return listenOn(server, path, doorkeeper);

  const own = await ownServer(options, (refusal, socket) => doorkeeper.refused(refusal, socket));
  serving = own;
  const unroute = route(own, path, doorkeeper.upgrade);
  own.on('connection', (socket: Socket) => doorkeeper.watch(socket));
  const { maxConnections, maxConnectionsPerAddress } = crowdLimitsOf(options);
  // A few more than may be let in, so that those beyond are told.
  const atTheDoor = new Crowd({
    maxConnections: maxConnections + MAX_TOLD,
    maxConnectionsPerAddress: maxConnectionsPerAddress + MAX_TOLD,
  });
  guardDoor(own, atTheDoor, (why, who) => doorkeeper.tell({ why }, remoteOf(who)));
  // Once bound, what can still go wrong is one accept (no file descriptor left): the next one may do better.
  own.on('error', (cause) => doorkeeper.tell({ why: cause.message, cause }));
  return {
    address: addressOf(own, path),
    ref: () => void own.ref(),
    unref: () => void own.unref(),
    close: async () => {
      doorkeeper.close();
      unroute();
      // Its callback would wait for the connections, which live on; the address is free as soon as the handle is.
      own.close();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** On a server that has other things to do, and that whoever gave it closes. */
function listenOn(server: HttpServer, path: string, doorkeeper: Doorkeeper): Listener {
  const unroute = route(server, path, doorkeeper.upgrade);
  const onTlsError = (cause: Error, socket: Socket): void =>
    doorkeeper.tell({ why: 'the TLS handshake failed', detail: cause.message, cause }, remoteOf(socket));
  const secure = server instanceof TlsServer ? server : undefined;
  secure?.on('tlsClientError', onTlsError);
  return {
    // It may begin to listen later.
    get address() {
      return addressOf(server, path);
    },
    close: async () => {
      doorkeeper.close();
      unroute();
      secure?.off('tlsClientError', onTlsError);
    },
  };
}

function boundHost(server: HttpServer): string | undefined {
  const bound = server.address();
  return bound === null || typeof bound === 'string' ? undefined : bound.address;
}

/** As a URL, every interface is none that can be dialled everywhere: of this machine's own, the loopback is. */
const DIALLED_AS: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

function addressOf(server: HttpServer, path: string): ListenerAddress {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return { path };
  const { address: host, port } = bound;
  const scheme = server instanceof TlsServer ? 'wss' : 'ws';
  return { host, port, path, url: `${scheme}://${bracketed(DIALLED_AS.get(host) ?? host)}:${port}${path}` };
}
