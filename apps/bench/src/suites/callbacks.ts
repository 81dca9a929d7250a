/** The server calls a function of the client. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';

export const callbacks: Suite = {
  name: 'callbacks',
  title: 'Callbacks',
  about:
    'One call hands the server a function (where a library has no functions by reference: names a method), which the ' +
    'server calls 500 times at once, then the call ends. Callbacks per second.',
  run: (bench: Bench): Promise<Figure[]> =>
    bench.withPairs(
      'callbacks',
      bench.contenders([
        'limit',
        'bjsonrpc-tcp',
        'json-rpc-2.0',
        'vscode-jsonrpc',
        'bjsonrpc-ws',
        'birpc',
        'capnweb',
      ]),
      (pairs) => {
        const { budgetMs, rounds, name } = bench.effort;
        const count = name === 'smoke' ? 50 : 500;
        const lanes = pairs.map(
          (pair): Lane => ({
            contender: pair.contender,
            run: async () => {
              const done = await pair.client.run('callbacks', { count, budgetMs });
              return [{ metric: 'callbacks', unit: '1/s', value: done.count / done.seconds }];
            },
          }),
        );
        return inTurns(bench, { suite: 'callbacks', lanes, rounds: Math.ceil(rounds / 2) });
      },
    ),
};
