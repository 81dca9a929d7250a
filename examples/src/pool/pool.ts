import { Worker } from 'node:worker_threads';
import { connect, type Peer } from '@bjsonrpc/peer';
import { port } from '@bjsonrpc/transport-port';

/** One worker, and the connection to it. */
interface Member<Remote> {
  readonly thread: Worker;
  readonly peer: Peer<Remote>;
}

/** Workers that are all alike. Each has one job at a time; jobs beyond wait for their turn. */
export class Pool<Remote> {
  readonly #members: readonly Member<Remote>[];
  readonly #idle: Peer<Remote>[];
  readonly #waiting: ((peer: Peer<Remote>) => void)[] = [];

  private constructor(members: readonly Member<Remote>[]) {
    this.#members = members;
    this.#idle = members.map(({ peer }) => peer);
  }

  /** Starts `size` workers of that script, which serve their maker: `createServer(port(parentPort), …)`. */
  static async start<Remote>(script: URL, { size }: { readonly size: number }): Promise<Pool<Remote>> {
    const threads = Array.from({ length: size }, () => new Worker(script));
    try {
      const members = threads.map(async (thread) => ({ thread, peer: await connect<Remote>(port(thread)) }));
      return new Pool(await Promise.all(members));
    } catch (error) {
      await Promise.all(threads.map((thread) => thread.terminate()));
      throw error;
    }
  }

  /** Gives the job a worker for as long as it takes. A worker that has ended fails the jobs that it gets. */
  async run<Result>(job: (worker: Peer<Remote>) => PromiseLike<Result>): Promise<Result> {
    const peer =
      this.#idle.pop() ?? (await new Promise<Peer<Remote>>((resolve) => this.#waiting.push(resolve)));
    try {
      return await job(peer);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(peer);
      else this.#idle.push(peer);
    }
  }

  /** What runs is answered first. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#members.map(({ peer }) => peer.close()));
    await Promise.all(this.#members.map(({ thread }) => thread.terminate()));
  }
}
