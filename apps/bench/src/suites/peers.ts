/** Side by side: every contender, the same small calls, in one run and in turns. */
import type { ContenderName } from '../contenders.js';
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure, Sample } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import type { Loop } from '../side/timed-loops.js';

const everyone: readonly ContenderName[] = [
  'limit',
  'bjsonrpc-tcp',
  'json-rpc-2.0',
  'vscode-jsonrpc',
  'jayson-tcp',
  'grpc-js',
  'bjsonrpc-ws',
  'rpc-websockets',
  'birpc',
  'capnweb',
  'jayson-ws',
];

const bursts: readonly Loop[] = ['method', 'notify'];

/** Calls one by one depend on the machine's mood more than on anything: they are measured in shorter and more turns. */
const CALL_SLICES = 4;

export const peers: Suite = {
  name: 'peers',
  title: 'Side by side, small calls',
  about:
    'add(a, b), each library as documented, one connection. call: one after another. method: bursts of 1,000 sent before ' +
    'the first answer is awaited. notify: bursts of 10,000, then a call that counts them. ' +
    'µs: processor time for one, on the client | on the server.',
  run: (bench: Bench): Promise<Figure[]> =>
    bench.withPairs('peers', bench.contenders(everyone, 'everyone'), async (pairs) => {
      const { budgetMs, methodBurst, notifyBurst, rounds } = bench.effort;
      const lanes = (loop: Loop, laneMs: number): Lane[] =>
        pairs.map((pair) => ({
          contender: pair.contender,
          run: async (): Promise<Sample[]> => {
            const cost = await pair.cost((client) =>
              client.run('timed', { loop, budgetMs: laneMs, methodBurst, notifyBurst }),
            );
            return [
              { metric: loop, unit: '1/s', value: cost.perSecond },
              { metric: `${loop} client`, unit: 'µs', value: cost.clientMicros },
              { metric: `${loop} server`, unit: 'µs', value: cost.serverMicros },
            ];
          },
        }));
      const calls = await inTurns(bench, {
        suite: 'peers',
        lanes: lanes('call', budgetMs / CALL_SLICES),
        rounds: rounds * CALL_SLICES,
      });
      const rest = await inTurns(bench, {
        suite: 'peers',
        lanes: bursts.flatMap((loop) => lanes(loop, budgetMs)),
        rounds,
      });
      return [...calls, ...rest];
    }),
};
