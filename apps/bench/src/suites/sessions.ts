/** What sessions cost when nothing is cut: the same peers over the same transport, with them and without. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure, Sample } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import type { Loop } from '../side/timed-loops.js';

const loops: readonly Loop[] = ['call', 'method', 'notify'];

export const sessions: Suite = {
  name: 'sessions',
  title: 'Sessions',
  about:
    'The small calls of "peers", and a stream of 10,000 items of 16 characters, over tcp() and over resumable(tcp()), uncut.',
  run: (bench: Bench): Promise<Figure[]> =>
    bench.withPairs('sessions', bench.contenders(['bjsonrpc-tcp', 'bjsonrpc-resumable']), (pairs) => {
      const { budgetMs, methodBurst, notifyBurst, rounds } = bench.effort;
      const items = bench.effort.name === 'smoke' ? 200 : 10_000;
      const calls = pairs.flatMap(({ contender, client }) =>
        loops.map(
          (loop): Lane => ({
            contender,
            run: async (): Promise<Sample[]> => {
              const done = await client.run('timed', { loop, budgetMs, methodBurst, notifyBurst });
              return [{ metric: loop, unit: '1/s', value: done.count / done.seconds }];
            },
          }),
        ),
      );
      const streams = pairs.map(
        ({ contender, client }): Lane => ({
          contender,
          run: async (): Promise<Sample[]> => {
            const done = await client.run('stream', { items, itemBytes: 16, budgetMs });
            return [{ metric: 'stream', unit: '1/s', value: done.count / done.seconds }];
          },
        }),
      );
      return inTurns(bench, { suite: 'sessions', lanes: [...calls, ...streams], rounds: 2 * rounds });
    }),
};
