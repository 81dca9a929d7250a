/** The bench's handle on a process of one side. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ContenderName } from '../contenders.js';
import type { ClientSide } from '../side/client-side.js';
import type { Answer, Ask } from '../side/main.js';
import type { ServerSide } from '../side/server-side.js';

/** An operation that has not answered by then has failed. */
const OPERATION_TIMEOUT_MS = 60_000;

type Method = (options: never) => unknown;
type Result<M> = M extends Method ? Awaited<ReturnType<M>> : never;

export class SideProcess<Side extends object> {
  readonly contender: ContenderName;
  readonly #role: string;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  static async server(contender: ContenderName): Promise<SideProcess<ServerSide>> {
    return await SideProcess.#start<ServerSide>('server', contender);
  }

  static async client(contender: ContenderName): Promise<SideProcess<ClientSide>> {
    return await SideProcess.#start<ClientSide>('client', contender);
  }

  static async #start<Side extends object>(
    role: string,
    contender: ContenderName,
  ): Promise<SideProcess<Side>> {
    const side = new SideProcess<Side>(role, contender);
    await new Promise((resolve, reject) => side.#pending.set(0, { resolve, reject }));
    return side;
  }

  private constructor(role: string, contender: ContenderName) {
    this.#role = role;
    this.contender = contender;
    this.#child = fork(fileURLToPath(new URL('../side/main.js', import.meta.url)), [role, contender], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (answer: Answer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if (answer.error === undefined) pending?.resolve(answer.result as never);
      else pending?.reject(new Error(`${role} of ${contender}: ${answer.error}`));
    });
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#pending.values())
        reject(new Error(`${role} of ${contender} ended: ${signal ?? code}`));
      this.#pending.clear();
    });
  }

  /** Has the process do one thing. */
  run<Name extends keyof Side & string>(
    operation: Name,
    ...[options]: Side[Name] extends (...options: infer Options) => unknown ? Options : never
  ): Promise<Result<Side[Name]>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Error(`${this.#role} of ${this.contender} took too long: ${operation}`));
      }, OPERATION_TIMEOUT_MS);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          then(value);
        };
      this.#pending.set(id, { resolve: settle(resolve), reject: settle(reject) });
      this.#child.send({ id, operation, options } satisfies Ask, (error) => {
        if (error !== null) this.#pending.get(id)?.reject(error);
      });
    });
  }

  /** Ends the process: by closing its channel, and after two seconds by force. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 2_000);
    if (this.#child.connected) this.#child.disconnect();
    await ended;
    clearTimeout(force);
  }
}
