import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { nats } from '@bjsonrpc/transport-nats';
import { startCluster } from '../nats-server.ts';
import { newSubject } from '../open-nats.ts';

export interface Killed {
  readonly done: number;
  readonly failed: readonly unknown[];
  /** Calls that ran more than once. */
  readonly doubled: number;
  readonly items: number;
  readonly isInOrder: boolean;
  /** The longest time without an answer, in milliseconds. */
  readonly pauseMs: number;
}

const LONG = 'x'.repeat(300_000);

/** Nodes of a cluster of three are killed, one after the other, under calls, long messages and a stream. */
export async function killNodes({
  kills,
  inFlight,
  everyMs,
}: {
  readonly kills: number;
  readonly inFlight: number;
  readonly everyMs: number;
}): Promise<Killed> {
  const nodes = await startCluster();
  const options = { servers: nodes.map(({ url }) => url), subject: newSubject() };
  const runs = new Uint8Array(50_000_000);
  let doubled = 0;
  let isOver = false;
  class Api extends Handler {
    run(n: number): number {
      if ((runs[n] = (runs[n] ?? 0) + 1) > 1) doubled++;
      return n;
    }
    echo(text: string): string {
      return text;
    }
    async *count(): AsyncGenerator<number> {
      for (let i = 0; !isOver; i++) {
        yield i;
        if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  }
  const listening = await createServer(nats(options), () => new Api());
  const peer = await connect<Api>(nats(options), { pingInterval: 0 });
  const failed: unknown[] = [];
  let done = 0;
  let next = 0;
  let lastMs = performance.now();
  let pauseMs = 0;
  const answered = (): void => {
    const nowMs = performance.now();
    pauseMs = Math.max(pauseMs, nowMs - lastMs);
    lastMs = nowMs;
  };
  const caller = async (): Promise<void> => {
    while (!isOver) {
      const n = next++;
      try {
        if ((await peer.call.run(n)) !== n) failed.push(new Error('another answer'));
        done++;
      } catch (error) {
        failed.push(error);
        return;
      }
      answered();
    }
  };
  const longCaller = async (): Promise<void> => {
    while (!isOver) {
      if ((await peer.call.echo(LONG)) !== LONG) failed.push(new Error('another text'));
    }
  };
  let items = 0;
  let isInOrder = true;
  const reader = async (): Promise<void> => {
    for await (const item of peer.pipe.count()) isInOrder &&= item === items++;
  };
  const all = [...Array.from({ length: inFlight }, caller), longCaller(), reader()].map((one) =>
    one.catch((error: unknown) => void failed.push(error)),
  );
  for (let i = 0; i < kills; i++) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    const node = nodes[i % nodes.length];
    await node?.kill();
    await new Promise((resolve) => setTimeout(resolve, everyMs / 2));
    await node?.restart();
  }
  await new Promise((resolve) => setTimeout(resolve, everyMs));
  isOver = true;
  await Promise.all(all);
  answered();
  await peer.close();
  await listening.close();
  await Promise.all(nodes.map((node) => node.stop()));
  return { done, failed, doubled, items, isInOrder, pauseMs };
}
