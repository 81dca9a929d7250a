/** What an idle connection costs above a bare socket's. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import { Pair } from '../harness/pair.js';

export const idle: Suite = {
  name: 'idle',
  title: 'Idle connections',
  about:
    'Heap of a connection that has made one call and rests, on either side, after a full collection. A bare socket ' +
    'that echoes bytes is the ground on which all stand.',
  baseline: 'bare',
  run: async (bench: Bench): Promise<Figure[]> => {
    const { idleConnections, longRounds } = bench.effort;
    const names = bench.contenders([
      'bare',
      'limit',
      'bjsonrpc-tcp',
      'vscode-jsonrpc',
      'json-rpc-2.0',
      'bjsonrpc-ws',
      'birpc',
      'capnweb',
    ]);
    const lanes = names.map(
      (contender): Lane => ({
        contender,
        run: async () => {
          // Fresh processes every time: a heap remembers what it once held.
          const pair = await Pair.start(contender, { connections: 20 });
          try {
            const before = await pair.heaps();
            await pair.client.run('open', { port: pair.port, connections: 20 + idleConnections });
            const after = await pair.heaps();
            return [
              {
                metric: 'server',
                unit: 'KiB',
                value: (after.server - before.server) / idleConnections / 1024,
              },
              {
                metric: 'client',
                unit: 'KiB',
                value: (after.client - before.client) / idleConnections / 1024,
              },
            ];
          } finally {
            await pair.end();
          }
        },
      }),
    );
    return inTurns(bench, {
      suite: 'idle',
      lanes,
      rounds: Math.min(3, longRounds),
      warmUps: 0,
      baseline: 'bare',
    });
  },
};
