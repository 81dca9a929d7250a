import process from 'node:process';
import { until } from '@bjsonrpc/duplex-suite';
import { spawn } from '@bjsonrpc/transport-stdio';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { child, isAlive, untilClosed } from './children.ts';

const echo = 'process.stdin.pipe(process.stdout)';
/** Ends neither with its input nor when it is asked to. */
const stubborn =
  'process.on("SIGTERM", () => console.error("no")); setInterval(() => {}, 1000); console.log("[1]")';
const pids: number[] = [];

async function watched(...args: Parameters<typeof child>): ReturnType<typeof child> {
  const started = await child(...args);
  pids.push(started.pid);
  return started;
}

afterAll(() => {
  expect(pids.length).toBeGreaterThan(10);
  expect(pids.filter(isAlive)).toEqual([]);
});

describe('a program that is started', () => {
  test.each(['lines', 'content-length'] as const)('is spoken to, with %s', async (framing) => {
    const started = await watched(echo, { framing });
    const long = JSON.stringify(['é'.repeat(300_000)]);
    for (const message of ['[1]', long, '[3]']) started.end.send(message);
    await until('all messages', () => started.end.messages.length === 3);
    expect(started.end.messages[1] === long).toBe(true);
    started.end.close();
    expect(await untilClosed(started)).toBeUndefined();
    expect(isAlive(started.pid)).toBe(false);
  });

  test('gets its arguments as they are, its directory and its environment', async () => {
    const program =
      'console.log(JSON.stringify([process.argv.slice(1), process.cwd(), process.env.GREETING]))';
    const args = ['a b', '$HOME', '"; exit 1', '*'];
    let pid = 0;
    const transport = spawn(process.execPath, ['-e', program, ...args], {
      cwd: new URL('.', import.meta.url),
      env: { GREETING: 'hello' },
      onSpawn: (id) => {
        pid = id;
      },
    });
    const duplex = await transport.dial({});
    const messages: string[] = [];
    await new Promise<void>((resolve) =>
      duplex.start({ onMessage: (message) => messages.push(message), onClose: () => resolve() }),
    );
    const directory = new URL('.', import.meta.url).pathname.slice(0, -1);
    expect(messages.map((message) => JSON.parse(message))).toEqual([[args, directory, 'hello']]);
    expect(isAlive(pid)).toBe(false);
  });

  test('each dial starts one', async () => {
    const transport = spawn(process.execPath, ['-e', echo]);
    const duplexes = await Promise.all([transport.dial({}), transport.dial({})]);
    await Promise.all(
      duplexes.map(
        (duplex) =>
          new Promise<void>((resolve) => {
            duplex.start({ onMessage() {}, onClose: () => resolve() });
            duplex.close();
          }),
      ),
    );
  });

  test('what it wrote to stderr comes line by line, the unfinished one and one of any length too', async () => {
    const long = 'x'.repeat(100_000);
    const started = await watched(
      `console.error("one\\r\\ntwo é"); console.error("x".repeat(100000)); process.stderr.write("end"); ${echo}`,
    );
    await until('the lines', () => started.stderr.length >= 3);
    started.end.close();
    await untilClosed(started);
    await until('the last line', () => started.stderr.at(-1) === 'end');
    expect(started.stderr.slice(0, 2)).toEqual(['one', 'two é']);
    expect(started.stderr.slice(2, -1).join('') === long).toBe(true);
  });

  test('a function for stderr that throws is no harm', async () => {
    const started = await watched(`console.error("x"); ${echo}`, {
      stderr: () => {
        throw new Error('mine');
      },
    });
    started.end.send('[1]');
    await until('the answer', () => started.end.messages.length === 1);
    started.end.close();
    expect(await untilClosed(started)).toBeUndefined();
  });

  test('what it said before it ended is read, however late', async () => {
    const transport = spawn(process.execPath, ['-e', 'console.log("[1]\\n[2]"); process.exit(3)'], {
      stderr: 'ignore',
    });
    const duplex = await transport.dial({});
    await new Promise((resolve) => setTimeout(resolve, 200));
    const messages: string[] = [];
    const error = await new Promise((resolve) =>
      duplex.start({ onMessage: (message) => messages.push(message), onClose: resolve }),
    );
    expect(messages).toEqual(['[1]', '[2]']);
    expect(error).toMatchObject({ exitCode: 3, signal: null });
  });

  test('one that ends its output, and goes on, has ended its half', async () => {
    const started = await watched(
      'process.stdout.end(); process.stdin.on("data", (d) => console.error(String(d).trim())).on("end", () => process.exit(7))',
    );
    let ends = 0;
    Object.assign(started.end, { onEnd: () => ends++ });
    await until('its end', () => ends === 1);
    started.end.send('["still"]');
    await until('the message', () => started.stderr.includes('["still"]'));
    started.end.close();
    expect(await untilClosed(started)).toBeUndefined();
  });

  test('one that prints other lines, too, is heard; they go where its standard error goes', async () => {
    const started = await watched(
      `process.stdout.write('\\uFEFFHello!\\r\\n\\n> half of ');
       process.stdin.on('data', () => process.stdout.write('a line\\n["1"]\\n\\u001b[1mlog\\n["2"]\\n'))`,
    );
    await until('the first line', () => started.stderr.length === 1);
    started.end.send('["go on"]');
    await until('the messages', () => started.end.messages.length === 2);
    expect(started.end.messages).toEqual(['["1"]', '["2"]']);
    expect(started.stderr).toEqual(['\uFEFFHello!', '> half of a line', '\u001b[1mlog']);
    started.end.close();
    expect(await untilClosed(started)).toBeUndefined();
  });

  test('one that prints nothing else ends the connection with an error that shows it, and is ended', async () => {
    const started = await watched('console.log("Hello!"); process.stdin.resume()');
    expect((await untilClosed(started))?.message).toMatch(/begins with neither \{ nor \[.*"Hello!"/);
    await until('its end', () => !isAlive(started.pid));
  });

  test('one that puts headers before its messages is told apart at once', async () => {
    const started = await watched('console.log("Content-Length: 2\\r\\n\\r\\n{}"); process.stdin.resume()');
    expect((await untilClosed(started))?.message).toContain("it needs framing 'content-length'");
  });
});

describe('a program that exits', () => {
  test('while reading is held, with more said than is kept: the end is heard, after what was kept', async () => {
    const message = JSON.stringify(['x'.repeat(996)]);
    const started = await watched(
      `process.stdout.write('${message}\\n'.repeat(2000)); setTimeout(() => process.exit(4), 300)`,
    );
    started.end.hold(true);
    expect(await untilClosed(started)).toMatchObject({ exitCode: 4 });
    expect(started.end.messages.length).toBeGreaterThan(200);
    expect(started.end.messages.length).toBeLessThan(2000);
    expect(started.end.messages.every((text) => text === message)).toBe(true);
  });

  test('and leaves its streams to a child of its own is gone all the same', async () => {
    let grandchild = 0;
    const started = await watched(
      `const options = { stdio: 'inherit' };
       const { pid } = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], options);
       console.log(JSON.stringify([pid]));
       setTimeout(() => process.exit(6), 100);`,
    );
    onTestFinished(() => void process.kill(grandchild, 'SIGKILL'));
    await until('its message', () => started.end.messages.length === 1);
    [grandchild] = JSON.parse(started.end.messages[0] ?? '') as [number];
    expect(await untilClosed(started)).toMatchObject({ exitCode: 6 });
  });
});

describe('traps', () => {
  test('a killed child', async () => {
    const started = await watched('console.error("last words"); console.log("[1]"); process.stdin.resume()');
    await until('the message', () => started.end.messages.length === 1);
    process.kill(started.pid, 'SIGKILL');
    const error = await untilClosed(started);
    expect(error).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(error?.message).toBe(
      `The program ${process.execPath} was ended by SIGKILL. It wrote last:\nlast words`,
    );
    expect(started.end.closes.length).toBe(1);
  });

  test('a write after its exit', async () => {
    const started = await watched('process.exit(5)');
    for (let i = 0; i < 1000; i++) {
      void started.end.send(`["${'x'.repeat(1000)}"]`);
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await untilClosed(started)).toMatchObject({ exitCode: 5 });
    expect(started.end.send('["too late"]')).toBeInstanceOf(Promise);
    expect(started.end.duplex.buffered).toBe(0);
  });

  test('a missing command', async () => {
    await expect(spawn('no-such-program-here', ['x']).dial({})).rejects.toMatchObject({
      message: 'Cannot start no-such-program-here: no such program',
      code: 'ENOENT',
    });
    await expect(spawn(process.execPath, [], { cwd: '/no/such/place' }).dial({})).rejects.toThrow(
      `Cannot start ${process.execPath}: no such directory: /no/such/place`,
    );
    await expect(spawn(import.meta.dirname).dial({})).rejects.toMatchObject({
      message: `Cannot start ${import.meta.dirname}: it may not be executed`,
      code: 'EACCES',
    });
    await expect(spawn('a\0b').dial({})).rejects.toThrow('Cannot start a\0b: ');
  });

  test('EOF with calls pending: exit code 0 is an end with a reason, any other is an error', async () => {
    const clean = await watched('process.stdin.once("data", () => process.exit(0))');
    let reason: Error | undefined;
    Object.assign(clean.end, {
      onEnd: (why?: Error) => {
        reason = why;
        clean.end.close();
      },
    });
    clean.end.send('{"method":"wait","id":1}');
    expect(await untilClosed(clean)).toBeUndefined();
    expect(reason?.message).toBe(`The program ${process.execPath} ended with exit code 0`);

    const failed = await watched(
      'process.stdin.once("data", () => { console.error("Error: oops"); process.exit(2) })',
    );
    failed.end.send('{"method":"wait","id":1}');
    expect((await untilClosed(failed))?.message).toBe(
      `The program ${process.execPath} ended with exit code 2. It wrote last:\nError: oops`,
    );
  });

  test('a child that never ends: the end of its input, SIGTERM, SIGKILL', async () => {
    const started = await watched(stubborn, { exitTimeoutMs: 200, killTimeoutMs: 200 });
    await until('its message', () => started.end.messages.length === 1);
    const start = performance.now();
    started.end.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([started.end.isClosed, isAlive(started.pid), started.stderr]).toEqual([false, true, []]);
    expect(await untilClosed(started)).toBeUndefined();
    expect(performance.now() - start).toBeGreaterThan(390);
    expect([isAlive(started.pid), started.stderr]).toEqual([false, ['no']]);
  });

  test('a child that never ends, closed with an error: told at once, and ended all the same', async () => {
    const started = await watched(stubborn, { exitTimeoutMs: 100, killTimeoutMs: 100 });
    await until('its message', () => started.end.messages.length === 1);
    const error = new Error('enough');
    started.end.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    started.end.close(error);
    await until('the close', () => started.end.isClosed, 70);
    expect(started.end.closes).toEqual([{ error }]);
    await until('its end', () => !isAlive(started.pid));
  });

  test('exit code after own close', async () => {
    const started = await watched(
      'process.stdin.resume().on("end", () => process.exit(1)); console.log("[1]")',
    );
    await until('its message', () => started.end.messages.length === 1);
    started.end.close();
    expect(await untilClosed(started)).toBeUndefined();
    expect(isAlive(started.pid)).toBe(false);
  });
});

test('a dial that is given up starts nothing, or ends what it started', async () => {
  const transport = spawn(process.execPath, ['-e', echo], { onSpawn: (pid) => pids.push(pid) });
  const reason = new Error('never mind');
  await expect(transport.dial({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const giveUp = new AbortController();
  const count = pids.length;
  const dial = transport.dial({ signal: giveUp.signal });
  giveUp.abort(reason);
  await expect(dial).rejects.toBe(reason);
  expect(pids.length).toBe(count + 1);
  await until('its end', () => !isAlive(pids[count] ?? 0));
});

test('does not listen', async () => {
  await expect(spawn('x').listen(() => {})).rejects.toThrow('spawn() cannot listen');
});
