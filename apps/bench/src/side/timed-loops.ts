/** The loops that are timed. Each runs for a budget of time, so that slow and fast contenders are measured equally long. */
import type { ContenderClient, Item } from '../contender.js';

export interface Timed {
  readonly count: number;
  readonly seconds: number;
  /** Processor time of this process, user and system, in microseconds. */
  readonly cpuMicros: number;
}

export type Loop = 'call' | 'method' | 'notify';

export interface LoopOptions {
  /** Milliseconds after which no new burst begins. */
  readonly budgetMs: number;
  /** Pipelined calls before their answers are awaited. */
  readonly methodBurst: number;
  /** Notifications before the total is asked for. */
  readonly notifyBurst: number;
}

/** Runs one of the loops on one connection. */
export function runLoop(client: ContenderClient, loop: Loop, options: LoopOptions): Promise<Timed> {
  if (loop === 'call') return timed(options.budgetMs, () => calls(client));
  if (loop === 'method') return timed(options.budgetMs, () => pipelined(client, options.methodBurst));
  return timed(options.budgetMs, () => notifications(client, options.notifyBurst));
}

/** Sends one value there and back, again and again. */
export function runEchoes(client: ContenderClient, value: readonly Item[], budgetMs: number): Promise<Timed> {
  return timed(budgetMs, async () => {
    const back = await client.echo(value);
    if (back.length !== value.length) throw new Error(`sent ${value.length} items, got ${back.length}`);
    return 1;
  });
}

/** Runs bursts until the budget is spent, and counts what they report. */
export async function timed(budgetMs: number, burst: () => Promise<number>): Promise<Timed> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  let count = 0;
  let elapsed = 0;
  do {
    count += await burst();
    elapsed = performance.now() - start;
  } while (elapsed < budgetMs);
  const used = process.cpuUsage(cpu);
  return { count, seconds: elapsed / 1000, cpuMicros: used.user + used.system };
}

/** Sequential calls: each waits for the answer of the one before. */
async function calls(client: ContenderClient): Promise<number> {
  const count = 50;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += await client.add(i, 1);
  return checked(count, sum);
}

/** One burst of calls, all sent before the first answer is awaited. */
async function pipelined(client: ContenderClient, count: number): Promise<number> {
  const answers: Promise<number>[] = [];
  if (client.method === undefined) for (let i = 0; i < count; i++) answers.push(client.add(i, 1));
  else for (let i = 0; i < count; i++) answers.push(client.method(i, 1));
  let sum = 0;
  for (const answer of await Promise.all(answers)) sum += answer;
  return checked(count, sum);
}

function checked(count: number, sum: number): number {
  if (sum !== (count * (count + 1)) / 2) throw new Error(`wrong answers: ${sum} for ${count} calls`);
  return count;
}

/** One burst of notifications, then the total, which must have counted every one. */
async function notifications(client: ContenderClient, count: number): Promise<number> {
  const before = (await client.total()).count;
  for (let i = 0; i < count; i++) client.note(i);
  const arrived = (await client.total()).count - before;
  if (arrived !== count) throw new Error(`${count} notifications sent, ${arrived} arrived`);
  return count;
}
