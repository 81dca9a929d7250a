// main.ts: a server and three members, each a process of its own, one of which crashes
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createServer } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import { Chat } from './chat.js';

const server = await createServer(tcp({ port: 0 }), () => new Chat());

/** Starts a member; resolves when it has printed that, or something like it. */
function member(
  name: string,
  { texts = [], until }: { texts?: string[]; until: RegExp },
): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'member.js');
  const child = spawn(process.execPath, [script, String(server.address.port), name, ...texts]);
  child.stderr.pipe(process.stderr);
  return new Promise((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      process.stdout.write(text);
      if (until.test(String(text))) resolve(child);
    });
  });
}

const ada = await member('Ada', { until: /in the lobby/ });
const missed = new Promise<void>((resolve) => {
  ada.stdout?.on('data', (text: Buffer) => {
    if (/Eve has gone/.test(String(text))) resolve();
  });
});
const bob = await member('Bob', { texts: ['hello', 'is anybody there?'], until: /anybody there/ });
const eve = await member('Eve', { until: /in the lobby/ });
eve.kill('SIGKILL'); // no goodbye
await missed;

for (const child of [ada, bob]) child.kill();
await server.close();
