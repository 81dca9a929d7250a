/** What a process does before its code is hot. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import { Pair } from '../harness/pair.js';

export const cold: Suite = {
  name: 'cold',
  title: 'Cold',
  about:
    'The first 50,000 notifications, then a first burst of 5,000 calls, of two processes that have just begun: as many as a run of ' +
    'the smallest programs has.',
  run: (bench: Bench): Promise<Figure[]> => {
    const count = bench.effort.name === 'smoke' ? 500 : 50_000;
    const names = bench.contenders(['limit', 'bjsonrpc-tcp', 'limit-ws', 'bjsonrpc-ws']);
    const lanes = names.map(
      (contender): Lane => ({
        contender,
        run: async () => {
          const pair = await Pair.start(contender, { connections: 1 });
          try {
            const notified = await pair.client.run('burst', { loop: 'notify', count });
            const called = await pair.client.run('burst', { loop: 'method', count: count / 10 });
            return [
              { metric: 'notify', unit: '1/s', value: notified.count / notified.seconds },
              { metric: 'method', unit: '1/s', value: called.count / called.seconds },
            ];
          } finally {
            await pair.end();
          }
        },
      }),
    );
    return inTurns(bench, { suite: 'cold', lanes, rounds: bench.effort.starts, warmUps: 0 });
  },
};
