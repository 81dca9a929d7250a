import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Readable, Writable } from 'node:stream';
import { ByteDuplex, type ByteOptions, byteLimits, lines } from '@bjsonrpc/byte-stream';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import { expect, onTestFinished, test } from 'vitest';

/** A started end over a pair of streams. */
function started(
  streams: { readonly readable: Readable; readonly writable: Writable },
  options: ByteOptions = {},
): Probe {
  const limits = byteLimits(options);
  return new Probe(new ByteDuplex({ ...streams, remote: 'the child', framing: lines, limits })).start();
}

/** A program that runs until its input ends, or the test. */
function run(program: string): { child: ChildProcess; end: Probe } {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, end: started({ readable: child.stdout, writable: child.stdin }) };
}

test('a child process, over its standard streams', async () => {
  const { child, end } = run('process.stdin.pipe(process.stdout)');
  const long = JSON.stringify(['é'.repeat(1_000_000)]);
  for (const message of ['[1]', long, '[3]']) end.send(message);
  await until('all messages', () => end.messages.length === 3);
  expect(end.messages[1] === long).toBe(true);
  expect([end.messages[0], end.messages[2]]).toEqual(['[1]', '[3]']);
  expect([end.duplex.bytesIn, end.duplex.bytesOut]).toEqual([2_000_013, 2_000_013]);
  end.close();
  expect(await once(child, 'exit')).toEqual([0, null]);
  await until('the close', () => end.isClosed);
  expect(end.closes).toEqual([{ error: undefined }]);
});

test('a child process that dies is one close', async () => {
  const { child, end } = run('process.stdin.resume(); console.log("[1]")');
  await until('the message', () => end.messages.length === 1);
  child.kill('SIGKILL');
  await until('the close', () => end.isClosed);
  end.send('["too late"]');
  expect(end.closes.length).toBe(1);
  expect(end.duplex.buffered).toBe(0);
});

test.each([
  ['readable', 'with an error', new Error('gone')],
  ['writable', 'with an error', new Error('gone')],
  ['readable', 'without one', undefined],
  ['writable', 'without one', undefined],
] as const)('when the %s half goes %s, so does the other', async (half, _how, error) => {
  const streams = { readable: new PassThrough(), writable: new PassThrough() };
  const end = started(streams);
  streams[half].destroy(error);
  await until('the close', () => end.isClosed);
  expect([streams.readable.destroyed, streams.writable.destroyed]).toEqual([true, true]);
  expect(end.closes.map((close) => close.error?.message)).toEqual([
    error === undefined ? undefined : 'The connection to the child broke: gone',
  ]);
});

test.each(['the other side', 'this side'])(
  'two halves that do not close by themselves are closed once both have ended, %s first',
  async (first) => {
    const readable = new Readable({ read() {}, autoDestroy: false });
    const writable = new Writable({ write: (_chunk, _encoding, done) => done(), autoDestroy: false });
    const end = started({ readable, writable }, { closeTimeoutMs: 60_000 });
    if (first === 'this side') {
      end.close();
      await once(writable, 'finish');
    }
    readable.push(null); // which an end that is still open answers with its own
    await until('the close', () => end.isClosed);
    expect(end.closes).toEqual([{ error: undefined }]);
    expect([readable.destroyed, writable.destroyed]).toEqual([true, true]);
  },
);

test('a half that never ends is not waited for longer than closeTimeoutMs', async () => {
  const readable = new Readable({ read() {} });
  const end = started({ readable, writable: new PassThrough().resume() }, { closeTimeoutMs: 30 });
  end.close();
  await until('the close', () => end.isClosed);
  expect(end.closes).toEqual([{ error: undefined }]);
  expect(readable.destroyed).toBe(true);
});
