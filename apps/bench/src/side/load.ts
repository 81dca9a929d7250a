/** Load by many connections at once, and what each call waited. */
import type { ContenderClient } from '../contender.js';

export interface Load {
  readonly count: number;
  readonly seconds: number;
  /** Latency of one call, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Each connection keeps one call in flight until the budget is spent. */
export async function runLoad(clients: readonly ContenderClient[], budgetMs: number): Promise<Load> {
  const latencies: number[] = [];
  const start = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let sent = performance.now(); sent - start < budgetMs; ) {
        await client.add(1, 2);
        const now = performance.now();
        latencies.push(now - sent);
        sent = now;
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const sorted = Float64Array.from(latencies).sort();
  const at = (quantile: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0;
  return { count: sorted.length, seconds, p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}
