import { describe, expect, test } from 'vitest';
import { parseAddress } from '../src/address/address.js';
import { commandWords } from '../src/address/command-words.js';
import { parseDuration } from '../src/arguments/duration.js';
import { readValue } from '../src/arguments/read-value.js';
import { nearNames } from '../src/connection/near-names.js';
import { printable } from '../src/printing/printable.js';
import { parseLine } from '../src/repl/line.js';

describe('addresses', () => {
  test.each([
    [':10123', { kind: 'tcp', host: '127.0.0.1', port: 10123 }],
    ['localhost:7', { kind: 'tcp', host: 'localhost', port: 7 }],
    ['tls://[::1]:7', { kind: 'tls', host: '::1', port: 7 }],
    ['unix:/run/a', { kind: 'unix', path: '/run/a' }],
    ['stdio:node "a b.js" -x', { kind: 'stdio', command: ['node', 'a b.js', '-x'] }],
    ['nats://u:p@h/rpc.a', { kind: 'nats', servers: 'h:4222', subject: 'rpc.a', user: 'u', pass: 'p' }],
    ['wss://h/rpc', { kind: 'wss', url: 'wss://h/rpc', host: 'h', port: 443, path: '/rpc' }],
  ])('%s', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  test.each(['http://h/rpc', 'nonsense', 'unix:', 'nats://h', 'tcp://h:1/path', 'tcp://h:99999'])(
    '%s is refused',
    (text) => {
      expect(() => parseAddress(text)).toThrow(text);
    },
  );
});

test('words of a command', () => {
  expect(commandWords(`a 'b c' "d\\"e" f\\ g ''`)).toEqual(['a', 'b c', 'd"e', 'f g', '']);
  expect(() => commandWords(`a 'b`)).toThrow('does not end');
});

test('values are JSON, or else texts', () => {
  expect(['2', 'true', 'null', '{"a":[1]}', '"2"', 'hello', ''].map(readValue)).toEqual([
    2,
    true,
    null,
    { a: [1] },
    '2',
    'hello',
    '',
  ]);
  expect(() => readValue('9007199254740993')).toThrow('lose digits');
});

test('times have a unit', () => {
  expect(['0', '500ms', '1.5s', '2m', '1h'].map(parseDuration)).toEqual([0, 500, 1500, 120_000, 3_600_000]);
  expect(() => parseDuration('5')).toThrow('not a time');
});

test('names that may have been meant', () => {
  const names = ['add', 'newList', 'items', 'remove'];
  expect(nearNames('newlist', names)).toEqual(['newList']);
  expect(nearNames('ad', names)).toEqual(['add']);
  expect(nearNames('item', names)).toEqual(['items']);
  expect(nearNames('unrelated', names)).toEqual([]);
});

test('what would steer a terminal is shown as an escape', () => {
  expect(printable('a\u001b[2Jb\u202ec')).toBe('a\\u001b[2Jb\\u202ec');
});

test('lines of the repl', () => {
  const plain = { on: undefined, words: [], keywords: [] };
  expect(parseLine('  ')).toBeUndefined();
  expect(parseLine('add 2 "a \\" b" {"c": [1, 2]} n=[1, 2]')).toEqual({
    ...plain,
    method: 'add',
    words: ['2', '"a \\" b"', '{"c": [1, 2]}'],
    keywords: ['n=[1, 2]'],
  });
  expect(parseLine('$12.list.add $1')).toEqual({ ...plain, on: '$12', method: 'list.add', words: ['$1'] });
  expect(parseLine('$1 7')).toEqual({ ...plain, method: '$1', words: ['7'] });
  expect(() => parseLine('add {"a": 1')).toThrow('does not end');
});
