/** Bytes on the wire for one call, counted by a relay between the two processes. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure, Sample } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import { Relay } from '../harness/relay.js';

export const wire: Suite = {
  name: 'wire',
  title: 'Bytes on the wire',
  about:
    'Bytes of TCP payload in both directions for one small call, pipelined call and notification, framing included.',
  run: (bench: Bench): Promise<Figure[]> => {
    const names = [
      'limit',
      'bjsonrpc-tcp',
      'json-rpc-2.0',
      'vscode-jsonrpc',
      'grpc-js',
      'bjsonrpc-ws',
      'rpc-websockets',
      'birpc',
      'capnweb',
    ] as const;
    return bench.withPairs('wire', bench.contenders(names), async (pairs) => {
      const lanes = pairs.map(
        (pair): Lane => ({
          contender: pair.contender,
          run: async () => {
            const relay = await Relay.start({ port: pair.port, roundTripMs: 0 });
            try {
              await pair.client.run('close');
              await pair.client.run('open', { port: relay.port, connections: 1 });
              const samples: Sample[] = [];
              for (const loop of ['call', 'method', 'notify'] as const) {
                const before = await relay.bytes();
                const { count } = await pair.client.run('burst', { loop, count: 1_000 });
                samples.push({
                  metric: loop,
                  unit: 'bytes',
                  value: ((await relay.bytes()) - before) / count,
                });
              }
              return samples;
            } finally {
              await relay.end();
            }
          },
        }),
      );
      return inTurns(bench, { suite: 'wire', lanes, rounds: 1, warmUps: 0 });
    });
  },
};
