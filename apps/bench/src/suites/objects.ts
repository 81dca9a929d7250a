/** What a live remote object costs. */
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import { Pair } from '../harness/pair.js';

export const objects: Suite = {
  name: 'objects',
  title: 'Live remote objects',
  about:
    "Objects that the client asks the server for and holds. Heap for each on either side (the server's own small object " +
    'included), after a full collection; objects made and released per second.',
  baseline: 'capnweb',
  run: async (bench: Bench): Promise<Figure[]> => {
    const names = bench.contenders(['bjsonrpc-tcp', 'capnweb']);
    const lanes = bench.effort.objects.flatMap((count) =>
      names.map(
        (contender): Lane => ({
          contender,
          x: count,
          run: async () => {
            const pair = await Pair.start(contender, { connections: 1 });
            try {
              // The first thousand warm the code up, which costs heap of its own.
              await pair.client.run('hold', { count: Math.min(count, 1_000) });
              await pair.client.run('release');
              const before = await pair.heaps();
              const made = await pair.client.run('hold', { count });
              const held = await pair.heaps();
              const released = await pair.client.run('release');
              return [
                { metric: 'server', unit: 'bytes', value: (held.server - before.server) / count },
                { metric: 'client', unit: 'bytes', value: (held.client - before.client) / count },
                { metric: 'made', unit: '1/s', value: count / made.seconds },
                { metric: 'released', unit: '1/s', value: count / released.seconds },
              ];
            } finally {
              await pair.end();
            }
          },
        }),
      ),
    );
    const rounds = Math.min(3, bench.effort.longRounds);
    return inTurns(bench, { suite: 'objects', lanes, rounds, warmUps: 0, baseline: 'capnweb' });
  },
};
