/** The contenders by name, in the order in which tables show them. Each is loaded only by the processes that run it. */
import type { Contender } from './contender.js';

export interface ContenderEntry {
  /** As tables show it. */
  readonly title: string;
  readonly load: () => Promise<{ contender: Contender }>;
}

export type ContenderName =
  | 'limit'
  | 'limit-window'
  | 'limit-ws'
  | 'bjsonrpc-tcp'
  | 'bjsonrpc-tls'
  | 'bjsonrpc-ws'
  | 'bjsonrpc-resumable'
  | 'bjsonrpc-nats'
  | 'nats-request'
  | 'bjsonrpc-memory'
  | 'vscode-jsonrpc'
  | 'json-rpc-2.0'
  | 'jayson-tcp'
  | 'grpc-js'
  | 'jayson-ws'
  | 'rpc-websockets'
  | 'birpc'
  | 'capnweb'
  | 'bare'
  | 'bare-tls'
  | 'bare-ws';

export const contenders: Readonly<Record<ContenderName, ContenderEntry>> = {
  limit: { title: 'hand-written limit', load: () => import('./contenders/limit.js') },
  'limit-window': {
    title: 'hand-written limit, window of 64',
    load: () => import('./contenders/limit-window.js'),
  },
  'limit-ws': { title: 'hand-written limit, ws', load: () => import('./contenders/limit-ws.js') },
  'bjsonrpc-tcp': { title: 'bjsonrpc, tcp', load: () => import('./contenders/bjsonrpc-tcp.js') },
  'bjsonrpc-tls': { title: 'bjsonrpc, tls', load: () => import('./contenders/bjsonrpc-tls.js') },
  'bjsonrpc-ws': { title: 'bjsonrpc, ws', load: () => import('./contenders/bjsonrpc-ws.js') },
  'bjsonrpc-resumable': {
    title: 'bjsonrpc, resumable tcp',
    load: () => import('./contenders/bjsonrpc-resumable.js'),
  },
  'bjsonrpc-nats': { title: 'bjsonrpc, nats', load: () => import('./contenders/bjsonrpc-nats.js') },
  'nats-request': { title: 'NATS request and reply', load: () => import('./contenders/nats-request.js') },
  'bjsonrpc-memory': { title: 'bjsonrpc, memory', load: () => import('./contenders/bjsonrpc-memory.js') },
  'vscode-jsonrpc': { title: 'vscode-jsonrpc', load: () => import('./contenders/vscode-jsonrpc.js') },
  'json-rpc-2.0': { title: 'json-rpc-2.0', load: () => import('./contenders/json-rpc-2.0.js') },
  'jayson-tcp': { title: 'jayson, tcp', load: () => import('./contenders/jayson-tcp.js') },
  'grpc-js': { title: 'grpc-js', load: () => import('./contenders/grpc-js.js') },
  'jayson-ws': { title: 'jayson, ws', load: () => import('./contenders/jayson-ws.js') },
  'rpc-websockets': { title: 'rpc-websockets', load: () => import('./contenders/rpc-websockets.js') },
  birpc: { title: 'birpc', load: () => import('./contenders/birpc.js') },
  capnweb: { title: 'capnweb', load: () => import('./contenders/capnweb.js') },
  bare: { title: 'bare socket', load: () => import('./contenders/bare.js') },
  'bare-tls': { title: 'bare TLS socket', load: () => import('./contenders/bare-tls.js') },
  'bare-ws': { title: 'bare WebSocket of ws', load: () => import('./contenders/bare-ws.js') },
};

/** Whether a word names a contender. */
export function isContender(name: string): name is ContenderName {
  return Object.hasOwn(contenders, name);
}

/** Whether it is no library but the ground on which they stand: it has none of the methods. */
export function isBare(name: ContenderName): boolean {
  return name.startsWith('bare');
}

/** The contender of that name, loaded into this process. */
export async function loadContender(name: ContenderName): Promise<Contender> {
  return (await contenders[name].load()).contender;
}
