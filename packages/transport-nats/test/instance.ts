import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { program } from '../../../test/run-program.ts';

const source = `
  import { connect, createServer, Handler } from '@bjsonrpc/peer';
  import { nats } from '@bjsonrpc/transport-nats';
  const [role, json] = process.argv.slice(2);
  const options = JSON.parse(json);
  class Api extends Handler {
    add(a, b) { return a + b; }
    whoami() { return options.instance; }
    never() { return new Promise(() => {}); }
    object() { return new Api(); }
    block(ms) { for (const end = performance.now() + ms; performance.now() < end; ); return ms; }
    async work(ms) { await new Promise((resolve) => setTimeout(resolve, ms)); return ms; }
    async *count(to) { for (let i = 0; i < to; i++) yield i; }
    length(text) { return text.length; }
    echo(value) { return value; }
    heap() { globalThis.gc?.(); return process.memoryUsage().heapUsed; }
  }
  if (role === 'server') {
    const server = await createServer(nats(options), () => new Api(), { onError() {} });
    process.once('SIGTERM', () => server.close({ graceMs: 2000 }));
  } else {
    const peer = await connect(nats(options), { handler: new Api() });
    const object = await peer.call.object();
    globalThis.kept = [peer, object];
    if (role === 'caller') { await peer.call.add(1, 2); await peer.close(); }
  }
  console.log('ready');
`;

const children = new Set<ChildProcess>();

/** Kills whoever is left. */
export function endProcesses(): void {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
}

/** A process of its own: an instance of the service, or a client that holds an object of it, or calls it and ends. */
export async function startProcess(
  role: 'server' | 'holder' | 'caller',
  options: object,
): Promise<{
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; output: string }>;
}> {
  const path = await program(source);
  const child = spawn(process.execPath, ['--expose-gc', path, role, JSON.stringify(options)]);
  children.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error(`It ended: ${output}`))),
  ]);
  return { child, ended };
}

/** What its class publishes. */
export interface InstanceApi {
  add(a: number, b: number): number;
  whoami(): string;
  never(): void;
  object(): InstanceApi;
  block(ms: number): number;
  work(ms: number): number;
  count(to: number): AsyncIterable<number>;
  length(text: string): number;
  echo(value: string): string;
  heap(): number;
}
