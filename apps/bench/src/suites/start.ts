/** How soon a new process has its first answer. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ContenderName } from '../contenders.js';
import type { Bench, Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { inTurns, type Lane } from '../harness/in-turns.js';

const TIMEOUT_MS = 20_000;

export const start: Suite = {
  name: 'start',
  title: 'Time to the first call',
  about:
    "Milliseconds from the start of a client's process to the answer of its first call: Node itself, loading, connecting, calling.",
  run: (bench: Bench): Promise<Figure[]> => {
    const names = [
      'bare',
      'limit',
      'bjsonrpc-tcp',
      'json-rpc-2.0',
      'vscode-jsonrpc',
      'jayson-tcp',
      'grpc-js',
      'limit-ws',
      'bjsonrpc-ws',
      'rpc-websockets',
      'birpc',
      'capnweb',
    ] as const;
    return bench.withPairs('start', bench.contenders(names), (pairs) => {
      const lanes = pairs.map(
        (pair): Lane => ({
          contender: pair.contender,
          run: async () => [
            { metric: 'first answer', unit: 'ms', value: await firstCall(pair.contender, pair.port) },
          ],
        }),
      );
      return inTurns(bench, {
        suite: 'start',
        lanes,
        rounds: bench.effort.starts,
        warmUps: Math.min(1, bench.effort.starts - 1),
      });
    });
  },
};

function firstCall(contender: ContenderName, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const file = fileURLToPath(new URL('../side/first-call.js', import.meta.url));
    const child = fork(file, [contender, String(port)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      timeout: TIMEOUT_MS,
    });
    let ms: number | undefined;
    child.on('message', (message: { readonly ms: number }) => {
      ms = message.ms;
    });
    child.on('exit', (code) =>
      ms === undefined ? reject(new Error(`no first call, exit code ${code}`)) : resolve(ms),
    );
  });
}
