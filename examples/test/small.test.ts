import { beforeAll, expect, test } from 'vitest';
import { ensureBuilt, start } from './program.ts';

beforeAll(ensureBuilt, 120_000);

/** Runs an example to its end, and gives what it printed. */
async function run(script: string): Promise<string> {
  const main = start(script);
  expect(await main.exit, main.output).toBe(0);
  return main.output;
}

test.concurrent('chat: members hear each other, and of the one that crashes', async () => {
  const output = await run('chat/main.js');
  for (const line of [
    'Ada hears: *: Bob has come',
    'Bob is in the lobby, with Ada',
    'Ada hears: Bob: hello',
    'Bob hears: Bob: is anybody there?',
    'Eve is in the lobby, with Ada and Bob',
    'Ada hears: *: Eve has gone',
  ])
    expect(output).toContain(`${line}\n`);
});

test.concurrent('jobs: one tells how far it is, the other is cancelled and cleans up', async () => {
  const output = await run('jobs/main.js');
  expect(output).toMatch(/short: 25 %.*short: 100 %.*short\.mp4\n.*long: cancelled\nrunning: 0\n$/s);
});

test.concurrent('files: one goes and comes back, and a path is no name', async () => {
  expect(await run('files/main.js')).toBe(
    "sent: 20 MiB\nthe same came back: true\n'../else' is no name of a file\n",
  );
});

test.concurrent('plugins: one crashes, the other goes on', async () => {
  expect(await run('plugins/main.js')).toBe('crash is gone\nlog: shout is ready\nshout: HELLO!\n');
});
