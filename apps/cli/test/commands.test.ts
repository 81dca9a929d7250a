import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api, bin, bjsonrpc, type Running, start } from './run-bjsonrpc.js';
import { atTerminal, bjsonrpcHere } from './run-here.js';

// Servers are the built program, as a user runs it: `npm test` has built it before this runs. Most calls are made in this process, which is quicker.

const folder = mkdtempSync(join(tmpdir(), 'bjsonrpc-cli-'));
let server: Running;
let url: string;

beforeAll(async () => {
  server = start('serve', api, '--listen', 'tcp://127.0.0.1:0');
  url = await server.said(/(tcp:\S+)\n/);
});

afterAll(async () => {
  server.child.kill('SIGINT');
  expect((await server.ended).code).toBe(130);
  rmSync(folder, { recursive: true });
});

describe.concurrent('call', () => {
  test.each([
    { words: ['add', '2', '3'], out: '5\n' },
    { words: ['add', 'a', '3'], out: '"a3"\n' },
    { words: ['add', 'a', '3', '--raw'], out: 'a3\n' },
    { words: ['add', '2', '--kw', 'b=4'], out: '6\n' },
    { words: ['add', '--', '-2', '3'], out: '1\n' },
    { words: ['add', '2', '3', '-d', 'jsonrpc2'], out: '5\n' },
    { words: ['add', '2', '3', '--plain'], out: '5\n' },
    { words: ['add', '2', '3', '--notify'], out: '' },
    { words: ['tick', '3'], out: '0\n1\n2\n' },
    { words: ['tick', '3', '--pipe'], out: '0\n1\n2\n' },
    { words: ['callBack', 'callback:report'], out: '{"callback":"report","args":["half",0.5]}\n"done"\n' },
  ])('$words', async ({ words, out }) => {
    expect(await bjsonrpcHere('call', url, ...words)).toEqual({ code: 0, out, err: '' });
  });

  test.each([
    { words: ['fail'], code: 1, err: /no luck/ },
    { words: ['ad', '2'], code: 1, err: /Unknown method 'ad'.*\n.*Did you mean add\?/ },
    { words: ['add', '[1'], code: 2, err: /\[1: not JSON/ },
    { words: ['add', '-k', '7'], code: 2, err: /--kw 7: not name=value/ },
    { words: ['add', '-d', 'basic'], code: 2, err: /Allowed choices are bjsonrpc, jsonrpc2/ },
    { words: ['never', '-t', '200ms'], code: 5, err: /No answer within 200 ms.*\n.*--timeout/ },
    { words: ['never', '-t', '200'], code: 2, err: /500ms, 5s/ },
  ])('$words fails with $code', async ({ words, ...expected }) => {
    const { code, out, err } = await bjsonrpcHere('call', url, ...words);
    expect({ code, out }).toEqual({ code: expected.code, out: '' });
    expect(err).toMatch(expected.err);
  });

  test('an error as JSON', async () => {
    const { err } = await bjsonrpcHere('call', url, 'fail', '--json');
    expect(JSON.parse(err)).toEqual({ error: { name: 'Error', message: 'no luck', code: -32000 } });
  });

  test('a file that is not in PEM', async () => {
    const { code, err } = await bjsonrpcHere('call', 'tls://localhost:1', 'add', '--ca', api);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('not in PEM') });
  });

  // Only Linux has a file that is always full.
  test.skipIf(process.platform !== 'linux')('the disk is full', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [bin, 'call', url, 'add', '2', '3'], {
      stdio: ['ignore', full, 'pipe'],
    });
    const [said, [code]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')]);
    closeSync(full);
    expect({ code, said }).toEqual({
      code: 74,
      said: expect.stringMatching(/^bjsonrpc: cannot write the output: .*\n$/),
    });
  });

  test('no WebSockets there, and no such port', async () => {
    const ws = await bjsonrpcHere('call', url.replace('tcp:', 'ws:'), 'add');
    expect(ws).toMatchObject({ code: 3, err: expect.stringMatching(/no WebSockets.*tcp:/) });
    const port = await bjsonrpcHere('call', ':99999', 'add');
    expect(port).toMatchObject({ code: 2, err: expect.stringContaining('Ports end at 65535') });
  });

  test('nothing listens there', async () => {
    const { code, err } = await bjsonrpcHere('call', 'tcp://127.0.0.1:1', 'add');
    expect(code).toBe(3);
    expect(err).toMatch(/connection refused\n.*Is the server running/);
  });

  test('a server that speaks something else', async () => {
    const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const { code, err } = await bjsonrpcHere('call', `:${port}`, 'add', '-t', '300ms');
    silent.close();
    expect(code).toBe(5);
    expect(err).toMatch(/Nothing came back\..*--dialect/);
  });
});

describe.concurrent('bench', () => {
  test('says how many calls there are, and how long they wait', async () => {
    const { code, out } = await bjsonrpcHere(
      'bench',
      url,
      'add',
      '2',
      '3',
      '--for',
      '150ms',
      '-n',
      '3',
      '-c',
      '2',
    );
    expect(code).toBe(0);
    const { perSecond, count, seconds, p50, p99, max } = JSON.parse(out);
    expect(count).toBeGreaterThan(0);
    expect(perSecond).toBeCloseTo(count / seconds);
    expect(seconds).toBeGreaterThanOrEqual(0.15);
    expect([p50 > 0, p50 <= p99, p99 <= max]).toEqual([true, true, true]);
  });

  test('objects that a call gives are released, notifications arrive, and a person reads sentences', async () => {
    const before = JSON.parse((await bjsonrpcHere('call', url, 'held')).out);
    const lists = await atTerminal('bench', url, 'newList', '--for', '100ms');
    expect(lists.out).toMatch(
      /^[\d,]+ calls a second: [\d,]+ in 0\.\d s\nhalf of them within .* ms, the slowest in .* ms\n$/,
    );
    expect(JSON.parse((await bjsonrpcHere('call', url, 'held')).out)).toBe(before);
    const told = await atTerminal('bench', url, 'add', '1', '2', '--notify', '--for', '100ms');
    expect(told.out).toMatch(/^[\d,]+ notifications a second: [\d,]+ in 0\.\d s\n$/);
    expect(told.err.endsWith('\r\u001b[K')).toBe(true); // the bar is gone
  });

  test.each([
    { words: ['fail'], code: 1, err: /no luck/ },
    { words: ['add', '2', '--for', '0'], code: 2, err: /in no time/ },
    { words: ['add', '2', '-c', '0'], code: 2, err: /not a count/ },
    { words: ['never', '-t', '100ms', '--for', '1s'], code: 5, err: /--timeout waits longer/ },
  ])('$words fails with $code', async ({ words, ...expected }) => {
    const { code, out, err } = await bjsonrpcHere('bench', url, ...words);
    expect({ code, out }).toEqual({ code: expected.code, out: '' });
    expect(err).toMatch(expected.err);
  });
});

test('the program itself: what it prints, and its exit codes', async () => {
  const [good, bad] = await Promise.all([
    bjsonrpc('call', url, 'add', '2', '3'),
    bjsonrpc('call', url, 'fail'),
  ]);
  expect(good).toEqual({ code: 0, out: '5\n', err: '' });
  expect(bad).toEqual({ code: 1, out: '', err: 'bjsonrpc: Error: no luck\n' });
});

test('at a terminal, a person reads it', async () => {
  const [described, value] = await Promise.all(
    [
      ['describe', url],
      ['call', url, 'add', 'a', 'b'],
    ].map((words) => atTerminal(...words)),
  );
  expect(described?.out).toMatch(/^add\(a, b\)\ncallBack\(…\)\n/);
  expect(value?.out).toBe("'ab'\n");
});

describe.concurrent('describe', () => {
  test('the server, and an object of its', async () => {
    const [root, list] = await Promise.all([
      bjsonrpcHere('describe', url),
      bjsonrpcHere('describe', url, 'newList'),
    ]);
    expect(JSON.parse(root.out).methods).toContainEqual({ name: 'add', parameters: ['a', 'b'] });
    expect(JSON.parse(list.out)).toEqual({ methods: [{ name: 'add' }, { name: 'items' }] });
  });

  test('as OpenRPC', async () => {
    const { out } = await bjsonrpcHere('describe', url, '--openrpc');
    expect(JSON.parse(out)).toMatchObject({ openrpc: '1.3.2', methods: expect.any(Array) });
  });

  test('one who does not say', async () => {
    const { code, err } = await bjsonrpcHere('describe', url, '-d', 'jsonrpc2');
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/does not say.*\n.*without --dialect/),
    });
  });

  test('what is no object', async () => {
    const { code, err } = await bjsonrpcHere('describe', url, 'add', '1', '2');
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('add gives no object') });
  });
});

describe.concurrent('serve', () => {
  test.each([
    { module: 'export const add = (a, b) => a + b;', what: 'functions by name' },
    { module: 'export default { add: (a, b) => a + b };', what: 'an object' },
    { module: 'export default () => ({ add: (a, b) => a + b });', what: 'a function that makes a handler' },
  ])('$what, over standard streams', async ({ module, what }) => {
    const file = join(folder, `${what.replaceAll(' ', '-')}.mjs`);
    writeFileSync(file, module);
    const command = `stdio:"${process.execPath}" "${join(import.meta.dirname, '../bin/bjsonrpc.js')}" serve "${file}" -l stdio:`;
    expect(await bjsonrpc('call', command, 'add', '2', '3')).toMatchObject({ code: 0, out: '5\n' });
  });

  test('a module that is not there, and one that offers nothing', async () => {
    const empty = join(folder, 'empty.mjs');
    writeFileSync(empty, 'export const number = 1;');
    const [missing, nothing] = await Promise.all([
      bjsonrpcHere('serve', join(folder, 'missing.mjs')),
      bjsonrpcHere('serve', empty),
    ]);
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('Check the path') });
    expect(nothing).toMatchObject({ code: 2, err: expect.stringContaining('offers nothing') });
  });

  test.each([
    ['class', 'export default class Api { add() {} }', 'the class Api publishes nothing'],
    ['instance', 'class Api { add() {} }; export default new Api()', 'an instance of Api publishes nothing'],
  ])('a %s that publishes nothing is refused before anybody connects', async (name, module, said) => {
    const file = join(folder, `no-handler-${name}.mjs`);
    writeFileSync(file, module);
    const { code, err } = await bjsonrpcHere('serve', file);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(`${said}\n.*extends Handler`) });
  });

  test('over WebSocket and a unix socket; the port is taken', async () => {
    const path = join(folder, 'socket');
    const servers = [`ws://127.0.0.1:0/rpc`, `unix:${path}`].map((at) => start('serve', api, '-l', at));
    const urls = await Promise.all(servers.map(({ said }) => said(/ at (\S+)\n/)));
    const calls = await Promise.all(urls.map((at) => bjsonrpcHere('call', at, 'add', '2', '3')));
    expect(calls.map(({ out }) => out)).toEqual(['5\n', '5\n']);
    const taken = await bjsonrpcHere('serve', api, '-l', url);
    expect(taken).toMatchObject({ code: 3, err: expect.stringContaining('Another program listens there') });
    for (const { child } of servers) child.kill('SIGTERM');
    expect((await Promise.all(servers.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([
      143, 143,
    ]);
  });
});

test('repl: lines from a pipe, objects kept, and what goes wrong said without an end', async () => {
  const repl = start('repl', url);
  repl.child.stdin?.end(
    'newList\n$1.add 7\n$1.items\nad 1\n$2.x\n.describe $1\n.release $1\n.objects\nadd 1 b=2\n',
  );
  const { code, out, err } = await repl.ended;
  expect({ code, out }).toEqual({
    code: 0,
    out: '$1 = RemoteObject list_0001\n1\n[ 7 ]\nadd(…)\nitems(…)\n3\n',
  });
  expect(err).toMatch(/Unknown method 'ad'.*\n.*Did you mean add\?.*\n.*\$2: no object of this name/);
});

test('trace shows and records what passes; replay says it again, and finds what differs', async () => {
  const file = join(folder, 'talk.jsonl');
  const trace = start('trace', 'tcp://127.0.0.1:0', url, '--save', file);
  const through = await trace.said(/(tcp:\S+) →/);
  expect(await bjsonrpcHere('call', through, 'add', '2', '3')).toMatchObject({ code: 0, out: '5\n' });
  expect(await bjsonrpcHere('call', through, 'callBack', 'callback:x')).toMatchObject({ code: 0 });
  trace.child.kill('SIGINT');
  const { code, out } = await trace.ended;
  expect(code).toBe(130);
  expect(out).toMatch(/^\d\d:\d\d:\d\d\.\d{3} #1 → \d+ B \{"params":\[2,3\],"method":"add","id":1\}$/m);
  expect(out).toMatch(/ #1 ← 32 B \{"id":1,"result":5,"error":null\}$/m);
  expect(out).toMatch(/#2 closed by the client$/m);

  expect(await bjsonrpcHere('replay', file, url)).toMatchObject({ code: 0, out: '' });
  writeFileSync(file, readFileSync(file, 'utf8').replace('\\"result\\":5', '\\"result\\":6'));
  const different = await bjsonrpcHere('replay', file, url);
  expect(different).toMatchObject({
    code: 6,
    out: '#1 - {"id":1,"result":6,"error":null}\n#1 + {"id":1,"result":5,"error":null}\n',
  });
});

test('trace says that nobody is there to pass connections on to', async () => {
  const trace = start('trace', 'tcp://127.0.0.1:0', 'tcp://127.0.0.1:1');
  const through = await trace.said(/(tcp:\S+) →/);
  expect(await bjsonrpcHere('call', through, 'add')).toMatchObject({ code: 4 });
  trace.child.kill('SIGINT');
  expect((await trace.ended).out).toMatch(/connection refused\. Nothing listens there/);
});

test('help of a command, and of one that there is not', async () => {
  expect(await bjsonrpcHere('help', 'call')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Usage: bjsonrpc call/),
  });
  const { code, out, err } = await bjsonrpcHere('help', 'cal');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^bjsonrpc: unknown command 'cal'\n\(Did you mean call\?\)/);
});

test('each command teaches by examples', async () => {
  const helps = await Promise.all(
    ['call', 'describe', 'repl', 'serve', 'trace', 'replay'].map((name) => bjsonrpcHere(name, '--help')),
  );
  for (const { code, out } of helps) {
    expect(code).toBe(0);
    expect(out).toMatch(/Examples:\n {2}# .+\n {2}\$ bjsonrpc /);
  }
});
