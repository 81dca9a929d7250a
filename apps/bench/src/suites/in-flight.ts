/** How a pipelined burst's length matters: from one call at a time to ten thousand. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';

export const inFlight: Suite = {
  name: 'in-flight',
  title: 'Calls in flight',
  about:
    'Bursts of so many pipelined calls, in calls per second. The longer the burst, the more calls share a write.',
  run: (bench: Bench): Promise<Figure[]> =>
    bench.withPairs(
      'in-flight',
      bench.contenders(['limit', 'bjsonrpc-tcp', 'json-rpc-2.0', 'capnweb']),
      (pairs) => {
        const { budgetMs, rounds, inFlight } = bench.effort;
        const lanes = inFlight.flatMap((burst) =>
          pairs.map(
            (pair): Lane => ({
              contender: pair.contender,
              x: burst,
              run: async () => {
                const options = { loop: 'method', budgetMs, methodBurst: burst, notifyBurst: 1 } as const;
                const { count, seconds } = await pair.client.run('timed', options);
                return [{ metric: 'calls', unit: '1/s', value: count / seconds }];
              },
            }),
          ),
        );
        return inTurns(bench, { suite: 'in-flight', lanes, rounds: Math.ceil(rounds / 2) });
      },
    ),
};
