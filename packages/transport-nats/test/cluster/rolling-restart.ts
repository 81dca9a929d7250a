import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { nats } from '@bjsonrpc/transport-nats';
import { newSubject } from '../open-nats.ts';

export interface Restarted {
  readonly done: number;
  /** Dials that succeeded; one that does not, throws. */
  readonly dials: number;
  /** Calls of which nobody knows whether they ran. */
  readonly unknown: number;
}

class Api extends Handler {
  async work(n: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return n;
  }
}

/** Each of three instances is replaced, so many times, under the calls of so many clients. */
export async function rollingRestart({
  servers,
  clients,
  restarts,
}: {
  readonly servers: string | readonly string[];
  readonly clients: number;
  readonly restarts: number;
}): Promise<Restarted> {
  const options = { servers, subject: newSubject() };
  const start = () => createServer(nats(options), () => new Api());
  const instances = await Promise.all([start(), start(), start()]);
  let isOver = false;
  let done = 0;
  let unknown = 0;
  let dials = 0;
  const client = async (): Promise<void> => {
    while (!isOver) {
      const peer = await connect<Api>(nats(options));
      dials++;
      while (!isOver) {
        const results = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => peer.call.work(i)));
        done += results.filter(({ status }) => status === 'fulfilled').length;
        const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
        unknown += errors.filter(({ sent }) => sent !== false).length;
        if (errors.length > 0) break;
      }
      await peer.close();
    }
  };
  const running = Promise.all(Array.from({ length: clients }, client));
  for (let i = 0; i < restarts; i++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    instances.push(await start());
    await instances.shift()?.close({ graceMs: 2000 });
  }
  isOver = true;
  await running;
  await Promise.all(instances.map((instance) => instance.close()));
  return { done, dials, unknown };
}
