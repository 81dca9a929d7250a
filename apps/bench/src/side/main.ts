/**
 * A process of one side of one contender: `main.js server|client NAME`. It does what the bench asks for over the
 * IPC channel, one request after another, and ends with that channel, so that nothing outlives a bench that died.
 */
import { isContender, loadContender } from '../contenders.js';
import { ClientSide } from './client-side.js';
import { ServerSide } from './server-side.js';

/** What the bench sends. */
export interface Ask {
  readonly id: number;
  readonly operation: string;
  readonly options: unknown;
}

/** What it gets back. */
export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

const [role, name = ''] = process.argv.slice(2);
if (!isContender(name)) throw new Error(`no contender ${name}`);
const contender = await loadContender(name);
const side = role === 'server' ? new ServerSide(contender) : new ClientSide(contender);
const operations = new Map<string, (options: never) => unknown>();
for (const key of Object.getOwnPropertyNames(Object.getPrototypeOf(side))) {
  const value: unknown = Reflect.get(side, key);
  if (typeof value === 'function') operations.set(key, value.bind(side));
}

async function answer({ id, operation, options }: Ask): Promise<Answer> {
  try {
    const method = operations.get(operation);
    if (method === undefined) throw new Error(`${role} cannot ${operation}`);
    return { id, result: await method(options as never) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on('message', (ask: Ask) => {
  void answer(ask).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
// What a contender throws behind our back is told, and leaves the process running for the next suite's verdict.
process.on('unhandledRejection', (reason) => console.error(`[${role} ${name}] unhandled: ${String(reason)}`));
process.send?.({ id: 0 } satisfies Answer);
