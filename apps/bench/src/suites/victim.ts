/** Whether one busy connection starves another. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import { SideProcess } from '../harness/side-process.js';

export const victim: Suite = {
  name: 'victim',
  title: 'Beside a flood',
  about:
    'One client, in a process of its own, sends bursts of 10,000 pipelined calls without pause; another calls one after another. What ' +
    'the second waits for one call, in milliseconds.',
  run: (bench: Bench): Promise<Figure[]> =>
    bench.withPairs(
      'victim',
      bench.contenders(['limit', 'bjsonrpc-tcp', 'json-rpc-2.0', 'vscode-jsonrpc', 'bjsonrpc-ws', 'birpc']),
      (pairs) => {
        const { victimMs, longRounds } = bench.effort;
        const lanes = pairs.map(
          (pair): Lane => ({
            contender: pair.contender,
            run: async () => {
              const flood = await SideProcess.client(pair.contender);
              try {
                await flood.run('open', { port: pair.port, connections: 1 });
                const options = { loop: 'method', methodBurst: 10_000, notifyBurst: 1 } as const;
                const flooding = flood.run('timed', { ...options, budgetMs: victimMs * 1.5 });
                await pair.client.run('load', { budgetMs: victimMs * 0.25 });
                const load = await pair.client.run('load', { budgetMs: victimMs });
                const { count, seconds } = await flooding;
                return [
                  { metric: 'p50', unit: 'ms', value: load.p50 },
                  { metric: 'p99', unit: 'ms', value: load.p99 },
                  { metric: 'p99.9', unit: 'ms', value: load.p999 },
                  { metric: 'flood', unit: '1/s', value: count / seconds },
                ];
              } finally {
                await flood.end();
              }
            },
          }),
        );
        return inTurns(bench, { suite: 'victim', lanes, rounds: Math.min(3, longRounds), warmUps: 0 });
      },
    ),
};
