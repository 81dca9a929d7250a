/** How cost grows with the size of a message. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';

export const size: Suite = {
  name: 'size',
  title: 'Message size',
  about:
    'echo(list of small objects) there and back, one after another, by bytes of JSON. MB/s counts the payload in both ' +
    'directions. For large messages the limit is JSON.parse + JSON.stringify + the socket, and nothing else.',
  run: (bench: Bench): Promise<Figure[]> =>
    bench.withPairs(
      'size',
      bench.contenders([
        'limit',
        'bjsonrpc-tcp',
        'json-rpc-2.0',
        'vscode-jsonrpc',
        'bjsonrpc-ws',
        'capnweb',
        'birpc',
        'grpc-js',
      ]),
      (pairs) => {
        const { budgetMs, longRounds, messageBytes } = bench.effort;
        const lanes = messageBytes.flatMap((bytes) =>
          pairs.map(
            (pair): Lane => ({
              contender: pair.contender,
              x: bytes,
              run: async () => {
                const done = await pair.client.run('echo', { bytes, budgetMs });
                return [
                  { metric: 'calls', unit: '1/s', value: done.count / done.seconds },
                  {
                    metric: 'throughput',
                    unit: 'MB/s',
                    value: (2 * done.bytes * done.count) / done.seconds / 1e6,
                  },
                ];
              },
            }),
          ),
        );
        return inTurns(bench, { suite: 'size', lanes, rounds: longRounds });
      },
    ),
};
