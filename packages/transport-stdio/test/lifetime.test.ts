import process from 'node:process';
import { until } from '@bjsonrpc/duplex-suite';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { program, run } from '../../../test/run-program.ts';
import { isAlive } from './children.ts';

/** Programs that start a child which never ends by itself, tell its id, and do one thing. */
const source = `
  import { spawn } from '@bjsonrpc/transport-stdio';
  const [task] = process.argv.slice(2);
  const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("[1]")';
  let tell;
  const child = async (script, options) => {
    const transport = spawn(process.execPath, ['-e', script], { onSpawn: (pid) => console.log(pid), stderr: () => {}, ...options });
    const duplex = await transport.dial({});
    const heard = new Promise((resolve) => { tell = resolve; });
    const closed = new Promise((resolve) => duplex.start({ onMessage: tell, onClose: resolve }));
    await heard;
    return { duplex, closed };
  };
  const tasks = {
    async open() { await child(stubborn); },
    async unref() { (await child(stubborn)).duplex.unref(); },
    async unrefRef() { const { duplex } = await child(stubborn); duplex.unref(); duplex.ref(); },
    async exit() { await child(stubborn); process.exit(3); },
    async throws() { await child(stubborn); setTimeout(() => { throw new Error('oops'); }); await new Promise(() => {}); },
    async close() {
      const { duplex, closed } = await child(stubborn, { exitTimeoutMs: 100, killTimeoutMs: 100 });
      duplex.unref();
      duplex.close();
      await closed;
      console.log('closed');
    },
    async breaks() {
      const { duplex, closed } = await child(stubborn, { exitTimeoutMs: 100, killTimeoutMs: 100 });
      duplex.close(new Error('enough'));
      await closed;
      console.log('closed');
    },
    async childGoes() {
      const { closed } = await child('console.log("[1]")');
      await closed;
      console.log('closed');
    },
  };
  await tasks[task]();
`;

let file = '';
beforeAll(async () => {
  file = await program(source);
});

test.for([
  ['unref', 0, ''],
  ['exit', 3, ''],
  ['throws', 1, 'oops'],
  ['close', 0, 'closed'],
  ['breaks', 0, 'closed'],
  ['childGoes', 0, 'closed'],
] as const)('%s: the program ends with %s, and leaves no child', async ([task, code, says]) => {
  const outcome = await run(file, [task], { timeoutMs: 8000 });
  const pid = Number.parseInt(outcome.output, 10);
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  expect(outcome.code).toBe(code);
  expect(outcome.output).toContain(says);
  expect(pid).toBeGreaterThan(1);
  await until('its end', () => !isAlive(pid), 1000);
});

test.for(['open', 'unrefRef'])('%s: the program does not end while the connection is open', async (task) => {
  const outcome = await run(file, [task], { timeoutMs: 1500 });
  const pid = Number.parseInt(outcome.output, 10);
  expect(outcome.code).toBe(null);
  // Who is killed outright cannot see to its children; this one does not heed the end of its input.
  expect(isAlive(pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
});
