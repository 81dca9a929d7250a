import { connect, type Peer } from '@bjsonrpc/peer';
import { nats } from '@bjsonrpc/transport-nats';
import { connect as connectNats } from '@nats-io/transport-node';
import { type InstanceApi, startProcess } from '../instance.ts';
import { newSubject } from '../open-nats.ts';

export interface Blocked {
  /** Calls to the blocked process that were answered in the end, and that were not. */
  readonly done: number;
  readonly failed: readonly unknown[];
  /** Of calls to the other process meanwhile, over the same connection of NATS. */
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly calls: number;
  /** By how much the heap here grew, in MiB. */
  readonly heapMib: number;
}

/** One process is blocked while so many conversations write to it; another one is called meanwhile. */
export async function block({
  servers,
  conversations,
  ms,
}: {
  readonly servers: string;
  readonly conversations: number;
  readonly ms: number;
}): Promise<Blocked> {
  const options = { servers, subject: newSubject() };
  await startProcess('server', { ...options, instance: 'blocked' });
  await startProcess('server', { ...options, instance: 'well' });
  // Both are called over one connection of NATS: what waits for the one must not hold up the other.
  const connection = await connectNats({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  const { subject } = options;
  const transport = nats({ connection, subject, instance: 'blocked' });
  const peers: Peer<InstanceApi>[] = [];
  while (peers.length < conversations) {
    const some = Array.from({ length: Math.min(100, conversations - peers.length) }, () =>
      connect<InstanceApi>(transport, { pingInterval: 0, timeout: 60_000 }),
    );
    peers.push(...(await Promise.all(some)));
  }
  const well = await connect<InstanceApi>(nats({ connection, subject, instance: 'well' }), {
    pingInterval: 0,
  });
  await well.call.add(1, 2);
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const [first] = peers;
  const blocking = first?.call.block(ms);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const text = 'x'.repeat(20_000);
  const results = peers.map((peer) => peer.call.length(text));
  const tookMs: number[] = [];
  const end = performance.now() + ms - 500;
  await new Promise((resolve) => setTimeout(resolve, 300));
  while (performance.now() < end) {
    const began = performance.now();
    await well.call.add(1, 2);
    tookMs.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  globalThis.gc?.();
  const heapAfter = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const settled = await Promise.allSettled([...results, blocking]);
  await Promise.all([...peers, well].map((peer) => peer.close({ graceMs: 1000 })));
  await connection.close();
  tookMs.sort((a, b) => a - b);
  return {
    done: settled.filter(({ status }) => status === 'fulfilled').length,
    failed: settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])),
    p99Ms: tookMs[Math.floor(tookMs.length * 0.99)] ?? Number.NaN,
    maxMs: tookMs.at(-1) ?? Number.NaN,
    calls: tookMs.length,
    heapMib: (heapAfter - heapBefore) / 2 ** 20,
  };
}
