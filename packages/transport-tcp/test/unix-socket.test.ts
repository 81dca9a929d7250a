import { spawnSync } from 'node:child_process';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { program, run } from '../../../test/run-program.ts';
import { listening, openTcp, socketPath } from './open-tcp.ts';

/** Leaves the file of a socket whose process is dead. */
function leaveDeadSocket(path: string): void {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  expect(existsSync(path)).toBe(true);
}

test('a live socket is not taken over, and whoever tries is told', async () => {
  const path = socketPath();
  leaveDeadSocket(path);
  const { listener } = await listening({ path });
  const refused = expect.objectContaining({
    message: `Cannot listen on ${path}: the address is in use: another server listens there`,
    code: 'EADDRINUSE',
  });
  await expect(listening({ path })).rejects.toThrow(refused);
  const pair = await openTcp({ path: socketPath() });
  for (const end of [pair.a, pair.b]) end.close(new Error('done'));
  await pair.close();
  await listener.close();
  expect([existsSync(path), existsSync(`${path}.lock`)]).toEqual([false, false]);
});

test('of many in one process that begin at once over a dead socket, one listens', async () => {
  for (const isDead of [true, false]) {
    const path = socketPath();
    if (isDead) leaveDeadSocket(path);
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => listening({ path })));
    const won = tries.filter((one) => one.status === 'fulfilled');
    const lost = tries.filter((one) => one.status === 'rejected');
    expect([won.length, lost.length]).toEqual([1, 19]);
    for (const { reason } of lost) expect(reason.message).toContain('another server listens there');
    for (const { value } of won) await value.listener.close();
  }
});

test('of many processes that begin at once over a dead socket, one listens', {
  timeout: 60_000,
}, async () => {
  const path = await program(`
    import { tcp } from '@bjsonrpc/transport-tcp';
    const [socket, startMs] = process.argv.slice(2);
    while (Date.now() < Number(startMs));
    try {
      await tcp({ path: socket }).listen(() => {});
      console.log('listens');
      process.stdin.on('end', () => process.exit(0)).resume();
    } catch (error) {
      console.log(error.message);
    }
  `);
  for (let round = 0; round < 3; round++) {
    const socket = socketPath();
    leaveDeadSocket(socket);
    const startMs = Date.now() + 1500;
    const runs = Array.from({ length: 12 }, () =>
      run(path, [socket, String(startMs)], { timeoutMs: 20_000 }),
    );
    // The winner goes on until it is told to end; the others end by themselves.
    let ended = 0;
    for (const one of runs) void one.then(() => ended++);
    while (ended < 11) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const { child } of runs) child.stdin?.end();
    const outputs = (await Promise.all(runs)).map(({ output }) => output.trim());
    expect(outputs.filter((output) => output === 'listens').length).toBe(1);
    const refused = `Cannot listen on ${socket}: the address is in use: another server listens there`;
    expect(outputs.filter((output) => output === refused).length).toBe(11);
  }
});

test('a lock whose process died with it is broken, after a while', async () => {
  const path = socketPath();
  writeFileSync(`${path}.lock`, '');
  const past = new Date(Date.now() - 60_000);
  utimesSync(`${path}.lock`, past, past);
  const tries = await Promise.allSettled(Array.from({ length: 10 }, () => listening({ path })));
  const won = tries.filter((one) => one.status === 'fulfilled');
  expect(won.length).toBe(1);
  for (const { value } of won) await value.listener.close();
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('a directory that is not there is named as the reason', async () => {
  const path = `${socketPath()}/nowhere.sock`;
  await expect(listening({ path })).rejects.toThrow(`Cannot listen on ${path}: no such directory`);
});
