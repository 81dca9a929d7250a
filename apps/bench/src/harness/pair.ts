/** Both processes of one contender, connected. */
import type { ContenderName } from '../contenders.js';
import type { ClientSide } from '../side/client-side.js';
import type { ServerSide } from '../side/server-side.js';
import type { Timed } from '../side/timed-loops.js';
import { SideProcess } from './side-process.js';

/** A timed loop with what it cost on both sides. */
export interface Cost {
  readonly perSecond: number;
  /** Processor time for one call, in microseconds. */
  readonly clientMicros: number;
  readonly serverMicros: number;
}

export class Pair {
  readonly contender: ContenderName;
  readonly server: SideProcess<ServerSide>;
  readonly client: SideProcess<ClientSide>;
  readonly port: number;

  /** Starts both and opens so many connections. */
  static async start(contender: ContenderName, options: { readonly connections: number }): Promise<Pair> {
    const [server, client] = await Promise.all([
      SideProcess.server(contender),
      SideProcess.client(contender),
    ]);
    try {
      const pair = new Pair(server, client, await server.run('listen'));
      await client.run('open', { port: pair.port, connections: options.connections });
      return pair;
    } catch (error) {
      await Promise.all([server.end(), client.end()]);
      throw error;
    }
  }

  private constructor(server: SideProcess<ServerSide>, client: SideProcess<ClientSide>, port: number) {
    this.contender = server.contender;
    this.server = server;
    this.client = client;
    this.port = port;
  }

  /** Back to one connection, straight to the server. */
  async reconnect(): Promise<void> {
    await this.client.run('close');
    await this.client.run('open', { port: this.port, connections: 1 });
  }

  /** Runs something timed in the client and counts the server's processor time with it. */
  async cost(run: (client: SideProcess<ClientSide>) => Promise<Timed>): Promise<Cost> {
    const before = await this.server.run('cpu');
    const { count, seconds, cpuMicros } = await run(this.client);
    const after = await this.server.run('cpu');
    return {
      perSecond: count / seconds,
      clientMicros: cpuMicros / count,
      serverMicros: (after - before) / count,
    };
  }

  /** The settled heaps of both sides, in bytes. */
  async heaps(): Promise<{ readonly server: number; readonly client: number }> {
    const [server, client] = await Promise.all([this.server.run('heap'), this.client.run('heap')]);
    return { server, client };
  }

  async end(): Promise<void> {
    await Promise.all([this.client.end(), this.server.end()]);
  }
}
