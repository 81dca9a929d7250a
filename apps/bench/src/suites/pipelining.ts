/** Chained calls across a distance: pipelined, and with every step awaited. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import { Relay } from '../harness/relay.js';

const STEPS = 3;

export const pipelining: Suite = {
  name: 'pipelining',
  title: 'Chained calls over a distance',
  about:
    `Milliseconds for a chain of ${STEPS} references and a call of the last, by milliseconds of round trip (a relay in a process of ` +
    'its own holds back what passes). Awaited: each answer before the next call. Pipelined: all sent at once. One after another for a while, as in the other suites: the code is hot.',
  baseline: 'capnweb',
  run: (bench: Bench): Promise<Figure[]> =>
    bench.withPairs(
      'pipelining',
      bench.contenders(['bjsonrpc-tcp', 'bjsonrpc-ws', 'capnweb']),
      async (pairs) => {
        const { rounds, budgetMs } = bench.effort;
        const figures: Figure[] = [];
        for (const roundTripMs of bench.effort.latenciesMs) {
          const relays: Relay[] = [];
          try {
            for (const pair of pairs) {
              const relay = await Relay.start({ port: pair.port, roundTripMs });
              relays.push(relay);
              await pair.client.run('close');
              await pair.client.run('open', { port: relay.port, connections: 1 });
            }
            const lanes = pairs.map(
              (pair): Lane => ({
                contender: pair.contender,
                x: roundTripMs,
                run: async () => {
                  const awaited = await pair.client.run('chain', { steps: STEPS, way: 'awaited', budgetMs });
                  const pipelined = await pair.client.run('chain', {
                    steps: STEPS,
                    way: 'pipelined',
                    budgetMs,
                  });
                  return [
                    { metric: 'awaited', unit: 'ms', value: awaited.ms },
                    { metric: 'pipelined', unit: 'ms', value: pipelined.ms },
                  ];
                },
              }),
            );
            figures.push(
              ...(await inTurns(bench, {
                suite: 'pipelining',
                lanes,
                rounds,
                warmUps: 3,
                baseline: 'capnweb',
              })),
            );
          } finally {
            await Promise.all(relays.map((relay) => relay.end()));
          }
        }
        return figures;
      },
    ),
};
