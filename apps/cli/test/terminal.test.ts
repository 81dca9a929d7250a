import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { api, bin, type Running, start } from './run-bjsonrpc.js';

// In a real terminal, which python3 makes: Node has none.

let server: Running;
let url: string;
const folder = mkdtempSync(join(tmpdir(), 'bjsonrpc-terminal-'));
const history = join(folder, 'history');

beforeAll(async () => {
  server = start('serve', api, '--listen', 'tcp://127.0.0.1:0');
  url = await server.said(/(tcp:\S+)\n/);
});

afterAll(async () => {
  server.child.kill('SIGINT');
  await server.ended;
  rmSync(folder, { recursive: true });
});

/** What is waited for on the screen, and what is typed then. */
type Step = readonly [shown: string, typed: string];

function inTerminal(
  steps: readonly Step[],
  ...args: readonly string[]
): Promise<{ code: unknown; screen: string }> {
  const script = join(import.meta.dirname, 'in-terminal.py');
  const { NODE_OPTIONS: _, NO_COLOR: __, FORCE_COLOR: ___, ...env } = process.env;
  const all = [script, JSON.stringify(steps), process.execPath, bin, ...args];
  return new Promise((resolve, reject) => {
    execFile(
      'python3',
      all,
      { env: { ...env, TERM: 'xterm', BJSONRPC_HISTORY: history } },
      (error, screen) => {
        if (error?.code === 'ENOENT')
          reject(new Error('python3 is missing: it makes the terminal of this test'));
        else resolve({ code: error?.code ?? 0, screen });
      },
    );
  });
}

test('repl: values in colour, completion, objects kept, Ctrl-C stops a call and a stream, Ctrl-D leaves, history', async () => {
  const { code, screen } = await inTerminal(
    [
      ['> ', 'add 2 3\r'],
      ['\u001b[33m5\u001b[39m', 'newL'],
      ['newL', '\t'], // keys that come together count as pasted
      ['ist', '\r'],
      ['RemoteObject', '$1.ad'],
      ['$1.ad', '\t'],
      ['d', ' 7\r'],
      ['\u001b[33m1\u001b[39m', 'never\r'],
      ['never\r', '\u0003'],
      ['stopped', 'forever\r'],
      ['\u001b[33m3\u001b[39m', '\u0003'],
      ['stopped', 'half a li'],
      ['half a li', '\u0003'],
      ['> ', '\u0003'],
      ['Ctrl-D leaves', 'add 3 4\r'],
      ['\u001b[33m7\u001b[39m', '\u0004'],
    ],
    'repl',
    url,
  );
  expect(screen).toContain('newList');
  expect({ code, screen }).toEqual({ code: 0, screen: expect.any(String) });
  expect(readFileSync(history, 'utf8')).toMatch(
    /^add 3 4\nforever\nnever\n\$1\.add +7\nnewList *\nadd 2 3\n$/,
  );
});

test('repl: the other side goes while nothing runs, and it is said on a line of its own', async () => {
  const other = start('serve', api, '--listen', 'tcp://127.0.0.1:0');
  const at = await other.said(/(tcp:\S+)\n/);
  const { code, screen } = await inTerminal([['> ', 'endSoon\r']], 'repl', at);
  await other.ended;
  expect(code).toBe(4);
  expect(screen).toMatch(/\n[^\n]*> \S*\r\n.*bjsonrpc:.* the connection has ended/);
});

test('Ctrl-C ends a call with 130; what the other side says steers no terminal', async () => {
  const ended = inTerminal([['\u001b[33m3\u001b[39m', '\u0003']], 'call', url, 'forever');
  const hostile = inTerminal([], 'call', url, 'add', '"\\u001b[2J"', 'x', '--raw');
  expect((await ended).code).toBe(130);
  expect(await hostile).toEqual({ code: 0, screen: '\\u001b[2Jx\r\n' });
});
