/** What the process of a client does when the bench asks it to. Results cross to the bench as JSON. */
import type {
  Contender,
  ContenderClient,
  ContenderServer,
  HeldObjects,
  OriginalRun,
  Transfer,
} from '../contender.js';
import { settledHeap } from './heap.js';
import { type Load, runLoad } from './load.js';
import { mostMemory } from './most-memory.js';
import { payload } from './payload.js';
import { type Loop, type LoopOptions, runEchoes, runLoop, type Timed, timed } from './timed-loops.js';

/** New connections under way at once while many are opened. */
const DIALS_AT_ONCE = 64;

export class ClientSide {
  readonly #contender: Contender;
  #clients: ContenderClient[] = [];
  #held: HeldObjects | undefined;
  #ownServer: ContenderServer | undefined;

  constructor(contender: Contender) {
    this.#contender = contender;
  }

  /** Opens connections until there are so many, and makes one call on each new one. */
  async open({
    port,
    connections,
  }: {
    readonly port: number;
    readonly connections: number;
  }): Promise<number> {
    if (this.#contender.oneProcess) this.#ownServer ??= await this.#contender.serve();
    while (this.#clients.length < connections) {
      const missing = Math.min(DIALS_AT_ONCE, connections - this.#clients.length);
      const opened = await Promise.all(Array.from({ length: missing }, () => this.#contender.connect(port)));
      this.#clients.push(...opened);
      await Promise.all(opened.map((client) => client.add(1, 2)));
    }
    return this.#clients.length;
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    this.#clients = [];
    this.#held = undefined;
  }

  /** Runs one of the timed loops on the first connection. */
  timed({ loop, ...options }: LoopOptions & { readonly loop: Loop }): Promise<Timed> {
    const bursts = this.#contender.bursts;
    return runLoop(this.#client, loop, {
      ...options,
      methodBurst: bursts?.method ?? options.methodBurst,
      notifyBurst: bursts?.notify ?? options.notifyBurst,
    });
  }

  /** Sends a payload of about so many bytes there and back; `bytes` in the result is its length as JSON. */
  async echo(options: {
    readonly bytes: number;
    readonly budgetMs: number;
  }): Promise<Timed & { readonly bytes: number }> {
    const value = payload(options.bytes);
    return {
      ...(await runEchoes(this.#client, value, options.budgetMs)),
      bytes: JSON.stringify(value).length,
    };
  }

  /** One call in flight on each of the first so many open connections, or on all. */
  load({ budgetMs, callers }: { readonly budgetMs: number; readonly callers?: number }): Promise<Load> {
    return runLoad(this.#clients.slice(0, callers), budgetMs);
  }

  /** The server calls back, so many at once. */
  callbacks({ count, budgetMs }: { readonly count: number; readonly budgetMs: number }): Promise<Timed> {
    const client = this.#client;
    return timed(budgetMs, async () => await able(client.callbacks, 'callbacks').call(client, count));
  }

  /** Takes items of a stream. */
  stream(options: {
    readonly items: number;
    readonly itemBytes: number;
    readonly budgetMs: number;
  }): Promise<Timed> {
    const client = this.#client;
    return timed(options.budgetMs, async () => {
      const arrived = await able(client.stream, 'streams').call(client, options.items, options.itemBytes);
      if (arrived !== options.items) throw new Error(`${options.items} items streamed, ${arrived} arrived`);
      return arrived;
    });
  }

  /** Takes bytes from the server, once. */
  async bytes(transfer: Transfer): Promise<{ readonly bytes: number; readonly seconds: number }> {
    const start = performance.now();
    const bytes = await able(this.#client.bytes, 'bytes').call(this.#client, transfer);
    const expected = transfer.chunks * transfer.chunkBytes;
    if (bytes !== expected) throw new Error(`${expected} bytes sent, ${bytes} arrived`);
    return { bytes, seconds: (performance.now() - start) / 1000 };
  }

  mostMemory(): number {
    return mostMemory();
  }

  /** Holds so many new objects of the server, and says how long their making took. */
  async hold({ count }: { readonly count: number }): Promise<{ readonly seconds: number }> {
    const start = performance.now();
    this.#held = await able(this.#client.objects, 'objects').call(this.#client, count);
    return { seconds: (performance.now() - start) / 1000 };
  }

  /** Releases the held objects, and waits until the server has answered a call after that. */
  async release(): Promise<{ readonly seconds: number }> {
    const start = performance.now();
    await this.#held?.release();
    await this.#client.add(1, 2);
    this.#held = undefined;
    return { seconds: (performance.now() - start) / 1000 };
  }

  /** Follows a chain of references, time and again; the result is in milliseconds for one. */
  async chain(options: {
    readonly steps: number;
    readonly way: 'awaited' | 'pipelined';
    readonly budgetMs: number;
  }): Promise<{ readonly ms: number }> {
    const chain = able(this.#client.chain, 'chains').bind(this.#client);
    const { count, seconds } = await timed(options.budgetMs, async () => {
      const depth = await chain(options.steps, options.way);
      if (depth !== options.steps) throw new Error(`a chain of ${options.steps} ended at ${depth}`);
      return 1;
    });
    return { ms: (seconds * 1000) / count };
  }

  /** One burst of a loop and no more: for what does not depend on time. */
  burst({ loop, count }: { readonly loop: Loop; readonly count: number }): Promise<Timed> {
    return this.timed({ loop, budgetMs: 0, methodBurst: count, notifyBurst: count });
  }

  /** The original's own benchmark, once. */
  original(counts: {
    readonly notify: number;
    readonly method: number;
    readonly call: number;
  }): Promise<OriginalRun> {
    return able(this.#client.original, 'original benchmark').call(this.#client, counts);
  }

  heap(): Promise<number> {
    return settledHeap();
  }

  /** Ends what `open` may have started in this process. */
  async stop(): Promise<void> {
    await this.close();
    await this.#ownServer?.close();
  }

  get #client(): ContenderClient {
    const [client] = this.#clients;
    if (client === undefined) throw new Error('no connection is open');
    return client;
  }
}

/** The method, where the library has one. */
function able<T>(method: T | undefined, what: string): T {
  if (method === undefined) throw new Error(`this library has no ${what}`);
  return method;
}
