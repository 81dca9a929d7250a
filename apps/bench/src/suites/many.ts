/** As many connections as one process has descriptors for. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContenderName } from '../contenders.js';
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure, Sample } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';
import { Pair } from '../harness/pair.js';

/** Opened in one go: what takes longer than an operation may is done in several. */
const STEP = 1_000;
/** Descriptors that a process needs for itself, and those that our listeners leave to it. */
const OWN_DESCRIPTORS = 1_200;
const REST_MS = 5_000;

const grounds = [
  ['bare', 'bjsonrpc-tcp'],
  ['bare-tls', 'bjsonrpc-tls'],
  ['bare-ws', 'bjsonrpc-ws'],
] as const;

export const many: Suite = {
  name: 'many',
  title: 'Very many idle connections',
  about:
    'Connections to one server that have made one call and rest: what the server has resident for each, its processor time in a second ' +
    'of rest, what one caller among them waits, and how long closing them all takes. The ratio of each is to the bare socket beneath it.',
  baseline: 'bare',
  run: async (bench: Bench): Promise<Figure[]> => {
    const connections = Math.min(bench.effort.manyConnections, openFiles() - OWN_DESCRIPTORS);
    const figures: Figure[] = [];
    for (const [baseline, ours] of grounds) {
      const lanes = bench.contenders([baseline, ours]).map(
        (contender): Lane => ({
          contender,
          x: connections,
          run: () => crowd(contender, connections, bench),
        }),
      );
      figures.push(...(await inTurns(bench, { suite: 'many', lanes, rounds: 1, warmUps: 0, baseline })));
    }
    return figures;
  },
};

async function crowd(contender: ContenderName, connections: number, bench: Bench): Promise<Sample[]> {
  const pair = await Pair.start(contender, { connections: 20 });
  try {
    const before = await pair.server.run('settledMemory');
    const opening = performance.now();
    for (let open = 20; open < connections; ) {
      open = Math.min(open + STEP, connections);
      await pair.client.run('open', { port: pair.port, connections: open });
    }
    const openedMs = performance.now() - opening;
    const after = await pair.server.run('settledMemory');
    const cpuBefore = await pair.server.run('cpu');
    const restMs = bench.effort.name === 'smoke' ? 50 : REST_MS;
    await sleep(restMs);
    const cpuMicros = (await pair.server.run('cpu')) - cpuBefore;
    const load = await pair.client.run('load', { budgetMs: bench.effort.budgetMs * 10, callers: 1 });
    const closing = performance.now();
    await pair.client.run('close');
    const added = connections - 20;
    return [
      { metric: 'resident, each', unit: 'KiB', value: (after.resident - before.resident) / added / 1024 },
      { metric: 'heap, each', unit: 'KiB', value: (after.heap - before.heap) / added / 1024 },
      { metric: 'processor at rest', unit: 'ms/s', value: cpuMicros / restMs },
      { metric: 'p99 of a call', unit: 'ms', value: load.p99 },
      { metric: 'opening all', unit: 's', value: openedMs / 1000 },
      { metric: 'closing all', unit: 's', value: (performance.now() - closing) / 1000 },
    ];
  } finally {
    await pair.end();
  }
}

/** How many descriptors this system lets a process have. */
function openFiles(): number {
  const report = process.report.getReport() as { readonly userLimits?: { readonly open_files?: Limits } };
  const hard = Number(report.userLimits?.open_files?.hard);
  return Number.isFinite(hard) ? hard : Number.POSITIVE_INFINITY; // unlimited, or a system that has none
}

interface Limits {
  readonly hard: string;
}
