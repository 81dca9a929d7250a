import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectionClosedError, connect, type Peer } from '@bjsonrpc/peer';
import { type LostReason, resumable, type SessionLostError } from '@bjsonrpc/resumable';
import { tcp } from '@bjsonrpc/transport-tcp';
import { expect, onTestFinished, test } from 'vitest';
import { FaultProxy } from '../../../test/hostile/fault-proxy.ts';
import { program } from '../../../test/run-program.ts';

/** A server whose every operation is on the disk before it is answered; on the port that it is told, or any. */
const serverSource = `
  import { appendFileSync } from 'node:fs';
  import { createServer } from '@bjsonrpc/peer';
  import { resumable } from '@bjsonrpc/resumable';
  import { tcp } from '@bjsonrpc/transport-tcp';
  const [port, file] = process.argv.slice(2);
  const api = { run(op) { appendFileSync(file, op + '\\n'); return op; } };
  const server = await createServer(resumable(tcp({ port: Number(port) })), () => api, { onError() {} });
  console.log(server.address.port);
`;

interface Api {
  run(op: number): number;
}

async function serve(
  path: string,
  port: number,
  file: string,
): Promise<{ readonly child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [path, String(port), file], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  return { child, port: Number(String(line)) };
}

test('a server killed under load: what is said not to have run did not, and nothing ran twice', {
  timeout: 60_000,
}, async () => {
  const path = await program(serverSource);
  const folder = mkdtempSync(join(tmpdir(), 'bjsonrpc-killed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'runs');
  const sums = { done: 0, mayHaveRun: 0, didNotRun: 0 };
  const reasons = new Set<LostReason | undefined>();
  let op = 0;
  for (let round = 0; round < 4; round++) {
    let { child, port } = await serve(path, 0, file);
    // Some of what is under way is held up between the two.
    await using proxy = await FaultProxy.open({ port, up: { delayMs: round } });
    const peer: Peer<Api> = await connect<Api>(resumable(tcp({ port: proxy.port })), { timeout: 20_000 });
    const outcomes = new Map<number, Promise<'done' | 'may have run' | 'did not run'>>();
    const begin = (): void => {
      const mine = ++op;
      const outcome = peer.call.run(mine).then(
        () => 'done' as const,
        (error: unknown) => {
          if (!(error instanceof ConnectionClosedError)) throw error;
          reasons.add((error.cause as SessionLostError | undefined)?.reason);
          return error.sent ? ('may have run' as const) : ('did not run' as const);
        },
      );
      outcomes.set(mine, outcome);
    };
    for (let i = 0; i < 20; i++) {
      for (let n = 0; n < 50; n++) begin();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill('SIGKILL');
    for (let n = 0; n < 50; n++) begin();
    await once(child, 'exit');
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (let n = 0; n < 50; n++) begin(); // while away
    ({ child, port } = await serve(path, port, file));
    const settled = new Map(
      await Promise.all([...outcomes].map(async ([id, outcome]) => [id, await outcome] as const)),
    );
    child.kill('SIGKILL');
    const runs = new Map<number, number>();
    for (const line of readFileSync(file, 'utf8').trim().split('\n'))
      runs.set(Number(line), (runs.get(Number(line)) ?? 0) + 1);
    for (const [id, outcome] of settled) {
      const times = runs.get(id) ?? 0;
      expect([id, outcome, times]).toEqual([
        id,
        outcome,
        outcome === 'done' ? 1 : outcome === 'did not run' ? 0 : Math.min(times, 1),
      ]);
      if (outcome === 'done') sums.done++;
      else if (outcome === 'did not run') sums.didNotRun++;
      else sums.mayHaveRun++;
    }
    await peer.closed;
  }
  process.stdout.write(`${JSON.stringify(sums)}\n`);
  expect(sums.done).toBeGreaterThan(0);
  // Those that were made while it was away never left.
  expect(sums.didNotRun).toBeGreaterThanOrEqual(4 * 50);
  expect([...reasons]).toEqual(['unknown']);
});
