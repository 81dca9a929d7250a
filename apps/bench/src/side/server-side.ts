/** What the process of a server does when the bench asks it to. */
import type { Contender, ContenderServer } from '../contender.js';
import { settledHeap } from './heap.js';
import { mostMemory } from './most-memory.js';

export class ServerSide {
  readonly #contender: Contender;
  #server: ContenderServer | undefined;

  constructor(contender: Contender) {
    this.#contender = contender;
  }

  /** Starts listening; the result is the port (0 where the server runs in the client's process). */
  async listen(): Promise<number> {
    if (this.#contender.oneProcess) return 0;
    this.#server ??= await this.#contender.serve();
    return this.#server.port;
  }

  /** Processor time of this process so far, user and system, in microseconds. */
  cpu(): number {
    const { user, system } = process.cpuUsage();
    return user + system;
  }

  heap(): Promise<number> {
    return settledHeap();
  }

  /** What is left after full collections, in bytes. */
  async settledMemory(): Promise<{ readonly heap: number; readonly resident: number }> {
    const heap = await settledHeap();
    return { heap, resident: process.memoryUsage.rss() };
  }

  mostMemory(): number {
    return mostMemory();
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }
}
