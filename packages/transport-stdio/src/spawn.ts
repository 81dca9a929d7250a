import type { DialOptions, Duplex, Transport } from '@bjsonrpc/protocol';
import { ChildDuplex } from './child-duplex.js';
import { checkSpawnOptions, type SpawnOptions } from './spawn-options.js';
import { startChild } from './start-child.js';

/**
 * A program to start and to speak to over its standard input and output. Each dial starts one: `connect(spawn('server'))`.
 *
 * It is started directly, never by way of a shell: nothing in `args` has a meaning to one. On Windows a `.cmd` (`npm`,
 * `npx`, what npm installs) is a script for a shell and cannot be started so: start `process.execPath` with the JavaScript
 * file that it would run.
 *
 * When the connection closes its standard input ends; a child that goes on gets SIGTERM after `exitTimeoutMs` and SIGKILL
 * `killTimeoutMs` later. One that still runs when this program ends gets SIGKILL. If it ends unasked the connection closes,
 * and calls that wait fail, with an error that says how (`exitCode`, `signal`).
 *
 * @throws TypeError for a command that is none, an option that there is not, or of the wrong kind
 */
export function spawn(command: string, args: readonly string[] = [], options: SpawnOptions = {}): Transport {
  if (typeof command !== 'string' || command === '') throw new TypeError('spawn(): the command is a program');
  if (!Array.isArray(args) || args.some((arg) => typeof arg !== 'string'))
    throw new TypeError('spawn(): the arguments of the command are a list of strings');
  checkSpawnOptions(options);
  const what = { command, args: [...args], options };
  return {
    name: 'spawn',
    dial: async ({ signal, maxMessageBytes }: DialOptions): Promise<Duplex> => {
      if (signal?.aborted) throw signal.reason;
      const started = await startChild(what);
      const duplex = new ChildDuplex(started, what, maxMessageBytes);
      tell(options.onSpawn, started.child.pid);
      if (!signal?.aborted) return duplex;
      duplex.close(new Error('The dial was given up'));
      started.child.kill('SIGKILL');
      throw signal.reason;
    },
    listen: async () => {
      throw new Error(
        'spawn() cannot listen: it starts a program and dials it. To be called by that program, pass a handler to connect()',
      );
    },
  };
}

function tell(onSpawn: SpawnOptions['onSpawn'], pid: number | undefined): void {
  try {
    if (pid !== undefined) onSpawn?.(pid);
  } catch {
    // Its own affair.
  }
}
