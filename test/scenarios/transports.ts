import { MessageChannel } from 'node:worker_threads';
import type { ListenerAddress, Transport } from '@bjsonrpc/protocol';
import { memory } from '@bjsonrpc/transport-memory';
import { nats } from '@bjsonrpc/transport-nats';
import { port } from '@bjsonrpc/transport-port';
import { tcp } from '@bjsonrpc/transport-tcp';
import { ws } from '@bjsonrpc/transport-ws';
import { afterAll, beforeAll } from 'vitest';
import { type NatsServer, startNats } from '../../packages/transport-nats/test/nats-server.ts';

/** A way to connect two peers of a scenario. */
export interface ScenarioTransport {
  readonly name: string;
  /** Whether a place is reached by one connection at a time. */
  readonly isForOne?: true;
  /** A fresh place to listen, and how to reach it once something does. */
  open(): { readonly listener: Transport; dialler(address: ListenerAddress): Transport };
}

const inMemory: ScenarioTransport = {
  name: 'memory',
  open: () => {
    const network = memory();
    return { listener: network, dialler: () => network };
  },
};

const overTcp: ScenarioTransport = {
  name: 'tcp',
  open: () => ({
    listener: tcp({ port: 0 }),
    dialler: ({ port }) => tcp(port === undefined ? {} : { port }),
  }),
};

const overWs: ScenarioTransport = {
  name: 'ws',
  open: () => ({
    listener: ws({ port: 0 }),
    dialler: ({ url }) => ws(url === undefined ? {} : { url }),
  }),
};

const overPort: ScenarioTransport = {
  name: 'port',
  isForOne: true,
  open: () => {
    const { port1, port2 } = new MessageChannel();
    return { listener: port(port1), dialler: () => port(port2) };
  },
};

let natsServer: NatsServer;
beforeAll(async () => {
  natsServer = await startNats();
});
afterAll(() => natsServer.stop());
let services = 0;

const overNats: ScenarioTransport = {
  name: 'nats',
  open: () => {
    const options = { servers: natsServer.url, subject: `scenario.s${++services}` };
    return { listener: nats(options), dialler: () => nats(options) };
  },
};

/** Every scenario runs over each of these. */
export const transports: readonly ScenarioTransport[] = [inMemory, overTcp, overWs, overPort, overNats];
