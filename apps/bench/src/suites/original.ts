/** The benchmark that came with the original library, over each transport, printed as it printed it. */
import { contenders } from '../contenders.js';
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure, Sample } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';

const parts = ['notify', 'method', 'call'] as const;

export const original: Suite = {
  name: 'original',
  title: "The original's own benchmark",
  about:
    'Notifications of a random number and then their total and count; pipelined method calls; calls one after another. Median ' +
    'of the rounds; over memory both peers share one process.',
  baseline: 'bjsonrpc-memory',
  run: (bench: Bench): Promise<Figure[]> =>
    bench.withPairs(
      'original',
      bench.contenders(['bjsonrpc-tcp', 'bjsonrpc-ws', 'bjsonrpc-memory']),
      (pairs) => {
        const counts = bench.effort.original;
        const lanes = pairs.map(
          (pair): Lane => ({
            contender: pair.contender,
            run: async () => {
              const run = await pair.client.run('original', counts);
              return parts.flatMap((part): Sample[] => [
                { metric: part, unit: 's', value: run[part].seconds },
                { metric: `${part} rate`, unit: '1/s', value: run[part].count / run[part].seconds },
                { metric: `${part} bytes`, unit: 'bytes', value: run[part].bytes / run[part].count },
              ]);
            },
          }),
        );
        return inTurns(bench, {
          suite: 'original',
          lanes,
          rounds: bench.effort.rounds,
          warmUps: bench.effort.warmUps,
          baseline: 'bjsonrpc-memory',
        });
      },
    ),
  print: (figures) => {
    const names = [...new Set(figures.map((figure) => figure.contender))];
    return names
      .map((name) => {
        const value = (metric: string): number =>
          figures.find((figure) => figure.contender === name && figure.metric === metric)?.median ??
          Number.NaN;
        const lines = parts.map((part) => {
          const word = part === 'notify' ? 'Notify' : part === 'method' ? 'Method' : 'Call';
          const rate = value(`${part} rate`).toFixed(0);
          return `  ${word} Total: ${value(part).toFixed(2)}s  ${rate} reg/s  ${value(`${part} bytes`).toFixed(1)} bytes each`;
        });
        return [contenders[name].title, ...lines].join('\n');
      })
      .join('\n');
  },
};
