import { until } from '@bjsonrpc/duplex-suite';
import {
  type AnyPeer,
  type ConnectOptions,
  connect,
  createServer,
  type Peer,
  type PeerOptions,
} from '@bjsonrpc/peer';
import { describe, expect, onTestFinished } from 'vitest';
import { type ScenarioTransport, transports } from './transports.ts';

/** Two connected peers. When the test has finished they are closed, and their tables have to be empty. */
export interface Session<Api, ClientApi> {
  readonly client: Peer<Api>;
  readonly server: Peer<ClientApi>;
  /** Resolves when nothing is pending, running, exported or imported on either side, though both are still open. */
  emptied(timeoutMs?: number): Promise<void>;
}

export interface SessionOptions {
  /** What the accepting side publishes. */
  readonly api?: object;
  /** What the dialling side publishes. */
  readonly clientApi?: object;
  readonly serverOptions?: PeerOptions;
  readonly clientOptions?: Omit<ConnectOptions, 'handler'>;
  /** Whether both sides know each other's greeting before the scenario begins. True, where both greet. */
  readonly greeted?: boolean;
}

export type Open = <Api = unknown, ClientApi = unknown>(
  options: SessionOptions,
) => Promise<Session<Api, ClientApi>>;

/** Runs scenarios over every transport. */
export function overTransports(scenarios: (open: Open, transport: ScenarioTransport) => void): void {
  describe.each(transports)('over $name', (transport) => {
    scenarios((options) => openSession(transport, options), transport);
  });
}

/** A session over one transport. */
export async function openSession<Api, ClientApi>(
  transport: ScenarioTransport,
  { api, clientApi, serverOptions = {}, clientOptions = {}, greeted = true }: SessionOptions,
): Promise<Session<Api, ClientApi>> {
  const { listener, dialler } = transport.open();
  const listening = await createServer<ClientApi>(listener, () => api, serverOptions);
  const handler = clientApi ? { handler: clientApi } : {};
  const client = await connect<Api>(dialler(listening.address), { ...clientOptions, ...handler });
  await until('the connection is accepted', () => listening.connections.size === 1);
  const [server] = listening.connections as unknown as Iterable<Peer<ClientApi>>;
  if (!server) throw new Error('no connection was accepted');
  onTestFinished(async () => {
    await client.close({ graceMs: 0 });
    await listening.close({ graceMs: 0 });
    await server.closed;
    expectEmpty(client);
    expectEmpty(server);
  });
  if (greeted && serverOptions.extensions !== false && clientOptions.extensions !== false)
    await client.ping();
  const emptied = async (timeoutMs = 5000): Promise<void> => {
    await until('all tables are empty', () => isEmpty(client) && isEmpty(server), timeoutMs).catch(() => {
      expectEmpty(client); // whose message says which one is not
      expectEmpty(server);
    });
  };
  return { client, server, emptied };
}

const nothing = { pending: 0, running: 0, exported: 0, imported: 0 };

function tablesOf({ stats: { pending, running, exported, imported } }: AnyPeer): typeof nothing {
  return { pending, running, exported, imported };
}

function isEmpty(peer: AnyPeer): boolean {
  return Object.values(tablesOf(peer)).every((size) => size === 0);
}

export function expectEmpty(peer: AnyPeer): void {
  expect(tablesOf(peer)).toEqual(nothing);
}
