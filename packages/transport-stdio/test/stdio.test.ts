import { type ChildProcess, spawn as spawnProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { until } from '@bjsonrpc/duplex-suite';
import { connect } from '@bjsonrpc/peer';
import { spawn } from '@bjsonrpc/transport-stdio';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { program } from '../../../test/run-program.ts';
import { isAlive } from './children.ts';

/** A program that is called over its standard streams, and writes what should not be there. */
const source = `
  import { connect, createServer, Handler } from '@bjsonrpc/peer';
  import { stdio } from '@bjsonrpc/transport-stdio';
  const [task = 'serve', framing = 'lines', ...more] = process.argv.slice(2);
  const { stdout } = process;
  class Api extends Handler {
    add(a, b) {
      console.log('adding');
      console.info('%d and %d', a, b);
      stdout.write('to stdout\\n');
      return a + b;
    }
    async slow(ms) { await new Promise((resolve) => setTimeout(resolve, ms)); return 'slow'; }
    double(text) { return text + text; }
    async ask() { return this.peer.call.answer(); }
    flood() { for (let i = 0; i < 64; i++) this.peer.notify.take('x'.repeat(65536)); }
  }
  const onError = (error) => console.error('error: ' + error.message);
  const tasks = {
    async serve() {
      const server = await createServer(stdio({ framing }), () => new Api(), { extensions: more.length === 0, onError });
      for (const peer of await soon(() => server.connections)) await peer.closed;
      console.error('closed; stdout is ' + (Object.hasOwn(stdout, 'write') ? 'taken' : 'free'));
      console.log('after');
      stdout.write('after');
    },
    async unref() { (await connect(stdio())).unref(); },
    async twice() {
      const peer = await connect(stdio());
      for (const open of [() => connect(stdio()), () => createServer(stdio(), () => new Api())])
        await open().catch((error) => console.error(error.message));
    },
    async encoding() { process.stdin.setEncoding('utf8'); await connect(stdio()).catch(onError); process.stdin.destroy(); },
    async read() { process.stdin.on('data', () => {}); await connect(stdio()).catch(onError); process.stdin.destroy(); },
    async stall() {
      const duplex = await stdio({ writeStallMs: 200 }).dial({});
      duplex.start({ onMessage() {}, onClose: (error) => console.error(error?.message) });
      for (let i = 0; i < 64; i++) duplex.send('["' + 'x'.repeat(65536) + '"]');
      setTimeout(() => stdout.write('after'), 500);
    },
    async closeFirst() {
      const peer = await connect(stdio(), { extensions: false });
      await peer.close();
      console.error('closed');
      const timer = setInterval(() => {}, 1000);
      setTimeout(() => clearInterval(timer), 300);
    },
  };
  async function soon(get) { while (get().size === 0) await new Promise((resolve) => setTimeout(resolve, 1)); return get(); }
  await tasks[task]();
`;

let file = '';
beforeAll(async () => {
  file = await program(source);
});

interface Api {
  add(a: number, b: number): number;
  slow(ms: number): string;
  double(text: string): string;
  ask(): string;
}

/** What a process wrote, and how it ended. */
interface Outcome {
  out: string;
  err: string;
  code: number | null;
}

function watch(child: ChildProcess): Promise<Outcome> {
  onTestFinished(() => void child.kill('SIGKILL'));
  const outcome: Outcome = { out: '', err: '', code: null };
  child.stdout?.on('data', (chunk) => {
    outcome.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    outcome.err += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ ...outcome, code })));
}

const start = (...args: string[]): ChildProcess => spawnProcess(process.execPath, [file, ...args]);

/** A whole program of a shell: pipes and files as they are outside of Node. */
const shell = (script: string): Promise<Outcome> =>
  watch(spawnProcess('sh', ['-c', script, process.execPath, file], { stdio: ['ignore', 'pipe', 'pipe'] }));

describe.each(['lines', 'content-length'] as const)(
  'a program is called over its standard streams, with %s',
  (framing) => {
    test('what it prints goes to stderr, and the other side is not disturbed', async () => {
      const stderr: string[] = [];
      let pid = 0;
      const transport = spawn(process.execPath, [file, 'serve', framing], {
        framing,
        stderr: (line) => stderr.push(line),
        onSpawn: (id) => {
          pid = id;
        },
      });
      const peer = await connect<Api>(transport, { handler: { answer: () => 'yes' } });
      expect(peer.info).toEqual({ transport: 'spawn' });
      expect(await peer.call.add(2, 3)).toBe(5);
      expect(await peer.call.ask()).toBe('yes');
      const long = 'é😀'.repeat(200_000);
      expect((await peer.call.double(long)) === long + long).toBe(true);
      expect(stderr).toEqual(['adding', '2 and 3', 'to stdout']);
      await peer.close();
      expect(await peer.closed).toEqual({ by: 'here', error: undefined });
      expect(isAlive(pid)).toBe(false);
      expect(stderr.slice(3)).toEqual(['closed; stdout is free']);
    });

    test('calls that wait fail with how it ended', async () => {
      let pid = 0;
      const transport = spawn(process.execPath, [file, 'serve', framing], {
        framing,
        onSpawn: (id) => {
          pid = id;
        },
      });
      const peer = await connect<Api>(transport);
      expect(await peer.call.double('a')).toBe('aa');
      const slow = peer.call.slow(10_000);
      slow.catch(() => {});
      process.kill(pid, 'SIGKILL');
      await expect(slow).rejects.toMatchObject({
        name: 'ConnectionClosedError',
        cause: { signal: 'SIGKILL', message: expect.stringContaining('was ended by SIGKILL') },
      });
      expect(await peer.closed).toMatchObject({ by: 'there', error: { signal: 'SIGKILL' } });
    });
  },
);

test('a program that ends with exit code 0 parts in peace, and calls that wait learn how', async () => {
  const script = 'process.stdin.once("data", () => setTimeout(() => process.exit(0), 50))';
  const peer = await connect<Api>(spawn(process.execPath, ['-e', script]));
  await expect(peer.call.slow(1)).rejects.toMatchObject({
    name: 'ConnectionClosedError',
    cause: { exitCode: 0, message: expect.stringContaining('ended with exit code 0') },
  });
  expect(await peer.closed).toEqual({ by: 'there', error: undefined });
});

describe('the end of standard input', () => {
  test('what is running is answered, then the program ends by itself', async () => {
    const child = start('serve', 'lines', 'plain');
    const outcome = watch(child);
    child.stdin?.end('{"method":"slow","params":[300],"id":1}\n{"method":"double","params":["a"],"id":2}\n');
    const { out, err, code } = await outcome;
    expect(out).toBe('{"id":2,"result":"aa","error":null}\n{"id":1,"result":"slow","error":null}\n');
    expect([err, code]).toEqual(['closed; stdout is free\n', 0]);
  });

  test('the same through pipes of the system', async () => {
    const { out, code } = await shell(
      `echo '{"method":"slow","params":[300],"id":1}' | "$0" "$1" serve lines plain 2>/dev/null | cat`,
    );
    // What is printed after the goodbye comes to nobody.
    expect(out).toBe('{"id":1,"result":"slow","error":null}\n');
    expect(code).toBe(0);
  });

  test('the same with files', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bjsonrpc-stdio-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const [from, to] = [join(directory, 'in'), join(directory, 'out')];
    writeFileSync(from, '{"method":"add","params":[1,2],"id":1}\n'.repeat(1000));
    const { code } = await shell(`"$0" "$1" serve lines plain <'${from}' >'${to}' 2>/dev/null`);
    const lines = readFileSync(to, 'utf8').split('\n');
    expect(lines.length).toBe(1002);
    expect(lines.slice(0, 1000)).toEqual(lines.slice(0, 1000).fill('{"id":1,"result":3,"error":null}'));
    expect([code, lines.slice(1000)]).toEqual([0, ['after', 'after']]);
  });
});

test('an output that nobody reads any more is a close, not a crash', async () => {
  const child = start('serve', 'lines', 'plain');
  const outcome = watch(child);
  child.stdin?.on('error', () => {}).write('{"method":"double","params":["a"],"id":1}\n');
  await until(
    'an answer',
    () => (child.stdout?.readableLength ?? 0) >= 0 && child.stdout?.readableDidRead === true,
  );
  child.stdout?.destroy();
  for (let i = 0; i < 5; i++) child.stdin?.write('{"method":"flood"}\n');
  const { err, code } = await outcome;
  expect(err).toMatch(/^error: The connection to .* broke: write EPIPE\nclosed; stdout is free\n$/);
  expect(code).toBe(0);
});

test('an output that stays open, and that nobody reads, is a close, and does not keep the program alive', async () => {
  const child = spawnProcess(process.execPath, [file, 'stall']);
  child.stdout.pause();
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect([err, code]).toEqual(['The other side does not read: it took nothing for 200 ms\n', 0]);
});

test('a connection that does not keep the program alive lets it end', async () => {
  const child = start('unref');
  expect((await watch(child)).code).toBe(0);
});

test('an open connection keeps the program alive', async () => {
  const child = start('serve');
  const outcome = watch(child);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(child.exitCode).toBeNull();
  child.stdin?.end();
  expect((await outcome).code).toBe(0);
});

test('a program that closes first tells the other side at once, though it goes on', async () => {
  const child = start('closeFirst');
  const outcome = watch(child);
  let isEnded = false;
  child.stdout?.once('end', () => {
    isEnded = true;
    child.stdin?.end();
  });
  await until('the end of its output', () => isEnded);
  expect(child.exitCode).toBeNull();
  expect(await outcome).toEqual({ out: '', err: 'closed\n', code: 0 });
});

test('the standard streams are one connection', async () => {
  const child = start('twice');
  const outcome = watch(child);
  setTimeout(() => child.stdin?.end(), 300);
  const sentence = 'stdio(): the standard streams are one connection, and it has been opened\n';
  expect(await outcome).toMatchObject({ err: sentence + sentence, code: 0 });
});

test.each([
  ['encoding', 'it has an encoding: leave out setEncoding()'],
  ['read', 'something else reads it'],
])('standard input that is in use is an error: %s', async (task, why) => {
  const { err, code } = await watch(start(task));
  expect([err, code]).toEqual([`error: stdio(): standard input cannot be used: ${why}\n`, 0]);
});
