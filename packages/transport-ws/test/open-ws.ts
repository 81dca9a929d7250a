import { readFileSync } from 'node:fs';
import type { OpenedPair, PairOptions } from '@bjsonrpc/duplex-suite';
import type { ConnectionInfo, Duplex, Listener, ListenOptions, Transport } from '@bjsonrpc/protocol';
import { type WsOptions, ws } from '@bjsonrpc/transport-ws';
import { WebSocket } from 'ws';
import { dialPlatform, type PlatformWebSocket } from '../src/platform-dial.ts';

/** Self-signed for localhost and 127.0.0.1, for a hundred years, known to the world: for tests alone. */
export const testTls: { readonly key: string; readonly cert: string; readonly ca: string } = {
  key: readFileSync(new URL('fixtures/test-only-key.pem', import.meta.url), 'utf8'),
  cert: readFileSync(new URL('fixtures/test-only-cert.pem', import.meta.url), 'utf8'),
  ca: readFileSync(new URL('fixtures/test-only-cert.pem', import.meta.url), 'utf8'),
};

/** An accepted end. */
export interface Accepted {
  readonly duplex: Duplex;
  readonly info: ConnectionInfo;
}

/** A listener on a free port (unless the options say where), and its accepted ends in order. */
export async function listening(
  options: WsOptions = {},
  listenOptions: ListenOptions = {},
): Promise<{
  readonly listener: Listener;
  readonly url: string;
  /** Ends that nobody has asked for yet. */
  readonly waiting: readonly Accepted[];
  accepted(): Promise<Accepted>;
}> {
  const ready: Accepted[] = [];
  const wanted: ((end: Accepted) => void)[] = [];
  const where = options.server === undefined && options.port === undefined ? { port: 0 } : {};
  const listener = await ws({ ...where, ...options }).listen((duplex, info) => {
    const next = wanted.shift();
    if (next === undefined) ready.push({ duplex, info });
    else next({ duplex, info });
  }, listenOptions);
  return {
    listener,
    get url() {
      return listener.address.url ?? '';
    },
    waiting: ready,
    accepted: () =>
      new Promise((resolve) => {
        const end = ready.shift();
        if (end === undefined) wanted.push(resolve);
        else resolve(end);
      }),
  };
}

/** Dials with the `ws` package, whether or not this Node has a WebSocket of its own. */
export function wsPackage(given: string | WsOptions = {}): Transport {
  return ws({ ...(typeof given === 'string' ? { url: given } : given), use: 'ws' });
}

/** Both ends of one connection: `a` dialled, `b` was accepted. */
export async function openWs(
  options: WsOptions = {},
  dialOptions: WsOptions = {},
  peers: PairOptions = {},
): Promise<OpenedPair> {
  const { listener, url, accepted } = await listening(options, peers);
  const { port: _port, server: _server, ...limits } = options;
  const [a, b] = await Promise.all([wsPackage({ ...limits, ...dialOptions, url }).dial(peers), accepted()]);
  return { a, b: b.duplex, close: () => listener.close() };
}

/** The same, dialled as a browser does, with whatever class has the browser's API. */
export async function openPlatform(
  options: WsOptions = {},
  peers: PairOptions = {},
  platform: PlatformWebSocket = likeTheBrowsers,
): Promise<OpenedPair> {
  const { listener, url, accepted } = await listening(options, peers);
  const { port: _port, server: _server, ...limits } = options;
  const [a, b] = await Promise.all([dialPlatform({ ...limits, url }, peers, platform), accepted()]);
  return { a, b: b.duplex, close: () => listener.close() };
}

/** The class of the `ws` package has the browser's members too; its typings have more to say about the events. */
export const likeTheBrowsers = WebSocket as unknown as PlatformWebSocket;
