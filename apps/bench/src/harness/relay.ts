/** The bench's handle on the relay process, which delays and counts what passes between two sides. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export class Relay {
  readonly #child: ChildProcess;
  readonly port: number;

  /** Stands before a port; a round trip through it costs so many milliseconds more. */
  static async start({
    port,
    roundTripMs,
  }: {
    readonly port: number;
    readonly roundTripMs: number;
  }): Promise<Relay> {
    const file = fileURLToPath(new URL('../side/relay.js', import.meta.url));
    const child = fork(file, [String(port), String(roundTripMs / 2)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [ready] = await once(child, 'message');
    return new Relay(child, ready.port);
  }

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Bytes that have passed so far, in both directions. */
  async bytes(): Promise<number> {
    this.#child.send({});
    const [answer] = await once(this.#child, 'message');
    return answer.bytes;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
