import { connect as connectSocket } from 'node:net';
import { type AnyPeer, connect, createServer, currentCall, Handler, type Peer } from '@bjsonrpc/peer';
import type { Duplex, Receiver, Transport } from '@bjsonrpc/protocol';
import { resumable } from '@bjsonrpc/resumable';
import { memory } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';
import { describe, expect, onTestFinished, test } from 'vitest';

class Counter extends Handler {
  #total = 0;
  add(amount: number): number {
    this.#total += amount;
    return this.#total;
  }
}

const api = {
  echo: (value: unknown) => value,
  counter: () => new Counter(),
  count: async function* (to: number) {
    for (let i = 0; i < to; i++) yield i;
  },
  twice: async (fn: (n: number) => Promise<number>) => (await fn(1)) + (await fn(2)),
  back: async () => await (currentCall().peer as Peer<{ one(): number }>).call.one(),
};
type Api = typeof api;

/** The transport, and whatever its ends have received, in `heard`. */
function spied(transport: Transport, heard: string[]): Transport {
  const spy = (duplex: Duplex): Duplex => {
    const { start } = duplex;
    return Object.assign(duplex, {
      start: (receiver: Receiver) =>
        start.call(duplex, {
          ...(receiver.onEnd && { onEnd: () => receiver.onEnd?.() }),
          onMessage: (text) => {
            heard.push(text);
            receiver.onMessage(text);
          },
          onClose: (error) => receiver.onClose(error),
        }),
    });
  };
  return {
    name: transport.name,
    dial: async (options) => spy(await transport.dial(options)),
    listen: (onDuplex, options) => transport.listen((duplex, info) => onDuplex(spy(duplex), info), options),
  };
}

async function everything(peer: Peer<Api>, isExtended: boolean): Promise<void> {
  expect(await peer.call.echo(['ü', 1])).toEqual(['ü', 1]);
  using counter = await peer.call.counter();
  expect([await counter.call.add(2), await counter.call.add(3)]).toEqual([2, 5]);
  expect(await peer.call.twice(async (n) => 10 * n)).toBe(30);
  expect(await peer.call.back()).toBe(1);
  let sum = 0;
  if (!isExtended) return;
  for await (const item of peer.pipe.count(200)) sum += item;
  expect(sum).toBe(19_900);
}

const sides = [
  ['plain', (transport: Transport) => transport],
  ['resumable', (transport: Transport) => resumable(transport)],
] as const;
const pairings = sides.flatMap((client) =>
  sides.flatMap((server) => [true, false].map((extensions) => [client, server, extensions] as const)),
);

describe.each(pairings)(
  'a client %j, a server %j, extensions %j',
  ([clientIs, client], [serverIs, server], extensions) => {
    test.each(['memory', 'tcp'])('over %s', async (over) => {
      const atClient: string[] = [];
      const atServer: string[] = [];
      const network = memory();
      const listening = over === 'tcp' ? tcp({ port: 0 }) : network;
      const serving = await createServer(server(spied(listening, atServer)), () => api, { extensions });
      const { port = 0 } = serving.address;
      const dialling = over === 'tcp' ? tcp({ port }) : network;
      const peer = await connect<Api>(client(spied(dialling, atClient)), {
        extensions,
        handler: { one: () => 1 },
      });
      await everything(peer, extensions);
      const [there] = serving.connections as ReadonlySet<AnyPeer>;
      const both = clientIs === 'resumable' && serverIs === 'resumable';
      expect(there?.info.session?.state).toBe(both ? 'connected' : undefined);
      expect(peer.info.session?.state).toBe(
        both ? 'connected' : clientIs === 'resumable' ? 'plain' : undefined,
      );
      await peer.close();
      await expect.poll(() => serving.connections.size).toBe(0);
      expect(await peer.closed).toEqual({ by: 'here', error: undefined });
      await serving.close();
      // The one thing that a plain side sees of sessions is a claim, which it answers.
      const ofSessions = (heard: readonly string[]): string[] =>
        heard.filter((text) => /\$\/session|^\["/.test(text));
      expect(ofSessions(clientIs === 'plain' ? atClient : [])).toEqual([]);
      const claims = clientIs === 'resumable' ? [expect.stringContaining('"attempt":1')] : [];
      expect(ofSessions(serverIs === 'plain' ? atServer : [])).toEqual(serverIs === 'plain' ? claims : []);
    });
  },
);

test("printf '…' | nc", async () => {
  const server = await createServer(resumable(tcp({ port: 0 })), () => api);
  onTestFinished(() => server.close());
  const socket = connectSocket({ port: server.address.port ?? 0, host: '127.0.0.1', allowHalfOpen: true });
  socket.end('{"method":"echo","params":["hello"],"id":1}\n');
  let said = '';
  for await (const chunk of socket.setEncoding('utf8')) said += chunk;
  expect(said).toBe('{"id":1,"result":"hello","error":null}\n');
});

test('who says nothing and listens only', async () => {
  const network = memory();
  const server = await createServer(resumable(network), () => ({ echo: api.echo }));
  onTestFinished(() => server.close({ graceMs: 0 }));
  const peer = await connect<Api>(network, { extensions: false });
  await expect.poll(() => server.connections.size, { timeout: 8000 }).toBe(1);
  expect(await peer.call.echo(1)).toBe(1);
  await peer.close();
});
