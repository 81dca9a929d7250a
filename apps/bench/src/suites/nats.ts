/** Over NATS: the same peers beside NATS's own request and reply. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure, Sample } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import type { Loop } from '../side/timed-loops.js';

const loops: readonly Loop[] = ['call', 'method', 'notify'];

export const nats: Suite = {
  name: 'nats',
  title: 'Over NATS',
  about:
    'The small calls of "peers" over one server of NATS on this machine, beside its plain request and reply.',
  baseline: 'nats-request',
  run: (bench: Bench): Promise<Figure[]> =>
    bench.withPairs(
      'nats',
      bench.contenders(['bjsonrpc-tcp', 'bjsonrpc-nats', 'nats-request'], 'everyone'),
      (pairs) => {
        const { budgetMs, methodBurst, notifyBurst, rounds } = bench.effort;
        const lanes = loops.flatMap((loop) =>
          pairs.map(
            ({ contender, client }): Lane => ({
              contender,
              run: async (): Promise<Sample[]> => {
                const done = await client.run('timed', { loop, budgetMs, methodBurst, notifyBurst });
                return [{ metric: loop, unit: '1/s', value: done.count / done.seconds }];
              },
            }),
          ),
        );
        return inTurns(bench, { suite: 'nats', lanes, rounds });
      },
    ),
};
