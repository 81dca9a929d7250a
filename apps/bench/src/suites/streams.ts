/** Streams of small items and of large ones. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';

const kinds = [
  { itemBytes: 100, items: 10_000 },
  { itemBytes: 64 * 1024, items: 100 },
];

export const streams: Suite = {
  name: 'streams',
  title: 'Streams',
  about:
    "Items that the server yields and the client takes one by one, under the library's own flow control, by characters in " +
    'an item. One limit only writes: it has no flow control; the other grants credit as this library does, by 32 of 64 items.',
  run: (bench: Bench): Promise<Figure[]> =>
    bench.withPairs(
      'streams',
      bench.contenders(['limit', 'limit-window', 'bjsonrpc-tcp', 'grpc-js', 'bjsonrpc-ws', 'capnweb']),
      (pairs) => {
        const { budgetMs, longRounds } = bench.effort;
        const shorter = bench.effort.name === 'smoke' ? 50 : 1;
        const lanes = kinds.flatMap(({ itemBytes, items }) =>
          pairs.map(
            (pair): Lane => ({
              contender: pair.contender,
              x: itemBytes,
              run: async () => {
                const done = await pair.client.run('stream', { items: items / shorter, itemBytes, budgetMs });
                const perSecond = done.count / done.seconds;
                return [
                  { metric: 'items', unit: '1/s', value: perSecond },
                  { metric: 'text', unit: 'MB/s', value: (perSecond * itemBytes) / 1e6 },
                ];
              },
            }),
          ),
        );
        return inTurns(bench, { suite: 'streams', lanes, rounds: longRounds });
      },
    ),
};
