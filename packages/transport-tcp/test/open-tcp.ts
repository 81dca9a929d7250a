import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenedPair, PairOptions } from '@bjsonrpc/duplex-suite';
import type { ConnectionInfo, Duplex, Listener, ListenOptions } from '@bjsonrpc/protocol';
import { type TcpOptions, tcp } from '@bjsonrpc/transport-tcp';

/** Self-signed for localhost and 127.0.0.1, for a hundred years, known to the world: for tests alone. */
export const testTls: { readonly key: string; readonly cert: string; readonly ca: string } = {
  key: readFileSync(new URL('fixtures/test-only-key.pem', import.meta.url), 'utf8'),
  cert: readFileSync(new URL('fixtures/test-only-cert.pem', import.meta.url), 'utf8'),
  ca: readFileSync(new URL('fixtures/test-only-cert.pem', import.meta.url), 'utf8'),
};

let sockets = 0;

/** A path for a unix socket, short enough for every system. */
export function socketPath(): string {
  return join(tmpdir(), `bjsonrpc-${process.pid}-${sockets++}.sock`);
}

/** A listener on a free port (or the path), its accepted ends in order. */
export async function listening(
  options: TcpOptions = {},
  listenOptions: ListenOptions = {},
): Promise<{
  listener: Listener;
  address: { readonly port: number } | { readonly path: string };
  accepted(): Promise<{ duplex: Duplex; info: ConnectionInfo }>;
}> {
  const ready: { duplex: Duplex; info: ConnectionInfo }[] = [];
  const waiting: ((end: { duplex: Duplex; info: ConnectionInfo }) => void)[] = [];
  const listener = await tcp({ port: 0, ...options }).listen((duplex, info) => {
    const next = waiting.shift();
    if (next === undefined) ready.push({ duplex, info });
    else next({ duplex, info });
  }, listenOptions);
  const { port, path } = listener.address;
  return {
    listener,
    address: path === undefined ? { port: port ?? 0 } : { path },
    accepted: () =>
      new Promise((resolve) => {
        const end = ready.shift();
        if (end === undefined) waiting.push(resolve);
        else resolve(end);
      }),
  };
}

/** Both ends of one connection: `a` dialled, `b` was accepted. */
export async function openTcp(options: TcpOptions = {}, peers: PairOptions = {}): Promise<OpenedPair> {
  const { listener, address, accepted } = await listening(options, peers);
  const [a, b] = await Promise.all([tcp({ ...options, ...address }).dial(peers), accepted()]);
  return { a, b: b.duplex, close: () => listener.close() };
}
