/** How cost grows with the number of connections. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';

export const connections: Suite = {
  name: 'connections',
  title: 'Busy connections',
  about:
    'Each connection keeps one small call in flight. Calls per second over all of them, and what one call waited.',
  run: async (bench: Bench): Promise<Figure[]> => {
    const { budgetMs, longRounds } = bench.effort;
    const names = ['limit', 'bjsonrpc-tcp', 'vscode-jsonrpc', 'bjsonrpc-ws', 'birpc'] as const;
    return bench.withPairs('connections', bench.contenders(names), async (pairs) => {
      const figures: Figure[] = [];
      for (const count of bench.effort.connections) {
        // Connections only grow in number, so that every round finds them open.
        const lanes = pairs.map(
          (pair): Lane => ({
            contender: pair.contender,
            x: count,
            run: async () => {
              await pair.client.run('open', { port: pair.port, connections: count });
              const load = await pair.client.run('load', { budgetMs: budgetMs * 2 });
              return [
                { metric: 'calls', unit: '1/s', value: load.count / load.seconds },
                { metric: 'p50', unit: 'ms', value: load.p50 },
                { metric: 'p99', unit: 'ms', value: load.p99 },
                { metric: 'p99.9', unit: 'ms', value: load.p999 },
              ];
            },
          }),
        );
        figures.push(...(await inTurns(bench, { suite: 'connections', lanes, rounds: longRounds })));
      }
      return figures;
    });
  },
};
