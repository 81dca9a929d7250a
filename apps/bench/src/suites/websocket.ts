/** Small calls over WebSocket, beside what an author writes by hand over the same package. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import type { Loop } from '../side/timed-loops.js';

export const websocket: Suite = {
  name: 'websocket',
  title: 'Small calls, over WebSocket',
  about: 'The calls of the side-by-side suite, and callbacks (500 at once).',
  baseline: 'limit-ws',
  run: (bench: Bench): Promise<Figure[]> =>
    bench.withPairs('websocket', bench.contenders(['limit-ws', 'bjsonrpc-ws']), (pairs) => {
      const { budgetMs, methodBurst, notifyBurst, rounds, name } = bench.effort;
      const loops = (['call', 'method', 'notify'] as const satisfies readonly Loop[]).flatMap((loop) =>
        pairs.map(
          (pair): Lane => ({
            contender: pair.contender,
            run: async () => {
              const options = { loop, budgetMs, methodBurst, notifyBurst };
              const cost = await pair.cost((client) => client.run('timed', options));
              return [
                { metric: loop, unit: '1/s', value: cost.perSecond },
                { metric: `${loop} client`, unit: 'µs', value: cost.clientMicros },
                { metric: `${loop} server`, unit: 'µs', value: cost.serverMicros },
              ];
            },
          }),
        ),
      );
      const callbacks = pairs.map(
        (pair): Lane => ({
          contender: pair.contender,
          run: async () => {
            const count = name === 'smoke' ? 50 : 500;
            const done = await pair.client.run('callbacks', { count, budgetMs });
            return [{ metric: 'callbacks', unit: '1/s', value: done.count / done.seconds }];
          },
        }),
      );
      const lanes = [...loops, ...callbacks];
      return inTurns(bench, { suite: 'websocket', lanes, rounds, baseline: 'limit-ws' });
    }),
};
