import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import type { FrameDecoder } from '../src/framing.ts';
import { lines, linesAmong } from '../src/lines.ts';

const MAX = 1000;

/** What a decoder makes of a text that comes in pieces of that size. */
function decoded(text: string, pieceBytes: number, decoder: FrameDecoder = lines.decoder(MAX)): unknown[] {
  const bytes = Buffer.from(text, 'latin1');
  const found: unknown[] = [];
  const take = (): void => {
    for (let message = decoder.next(); message !== undefined; message = decoder.next())
      found.push([message, ...(decoder.attachments ?? []).map((one) => Buffer.from(one).toString('latin1'))]);
  };
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    decoder.push(new Uint8Array(bytes.subarray(at, at + pieceBytes)));
    take();
  }
  if (decoder.error) found.push(decoder.error.message);
  return found;
}

const X500 = 'x'.repeat(500);

const cases: readonly (readonly [name: string, text: string, found: readonly unknown[]])[] = [
  ['bytes before a message', '*3\nabc{"a":1}\n', [['{"a":1}', 'abc']]],
  ['line feeds, stars and braces among them', '*7\n\n*3\n{}\n{"a":1}\n', [['{"a":1}', '\n*3\n{}\n']]],
  ['several, and none of them', '*0,2,0\nab[1]\n[2]\n', [['[1]', '', 'ab', ''], ['[2]']]],
  [
    'one message after another',
    '[0]\n*1\na[1]\n*1\nb[2]\n\n[3]\n',
    [['[0]'], ['[1]', 'a'], ['[2]', 'b'], ['[3]']],
  ],
  ['a star inside of a message', '["*1"]\n["\\n*"]\n', [['["*1"]'], ['["\\n*"]']]],
  [
    'as much as may be',
    `*500,${MAX - 503}\n${X500}${'y'.repeat(MAX - 503)}[1]\n`,
    [['[1]', X500, 'y'.repeat(MAX - 503)]],
  ],
  [
    'more than that',
    `[0]\n*500,${MAX - 502}\n${X500}${'y'.repeat(MAX - 502)}[1]\n[2]\n`,
    [['[0]'], expect.stringContaining('longer than 1000')],
  ],
  ['lengths of more', '[0]\n*1001\n', [['[0]'], expect.stringContaining('longer than 1000')]],
  [
    'lengths that are too many to add up',
    `*${'9999999999,'.repeat(9)}1\n`,
    [expect.stringContaining('longer than 1000')],
  ],
  [
    'bytes that nobody refers to',
    '*1\na*1\nb[1]\n',
    [expect.stringContaining('before a message that has some')],
  ],
  ['blank lines between', '*1\na\n\n*1\nb[1]\n', [expect.stringContaining('before a message that has some')]],
  [
    'what another protocol begins with',
    '[0]\n*1\r\n$4\r\n',
    [['[0]'], expect.stringContaining('does not speak')],
  ],
  ['a sign', '*-1\n', [expect.stringContaining('does not speak')]],
  ['no length', '*\n', [expect.stringContaining('does not speak')]],
  ['a length of eleven digits', '*00000000001\na[1]\n', [expect.stringContaining('does not speak')]],
  ['a blank before the star', ' *1\na[1]\n', [expect.stringContaining('does not speak')]],
  ['bytes before what is no message', '*1\naxyz\n', [expect.stringContaining('does not speak')]],
  ['a header that does not end', `*${'1,'.repeat(6000)}`, [expect.stringContaining('do not end')]],
];

test.each(cases)('%s', (_, text, found) => {
  for (const pieceBytes of [1, 2, 3, 7, 100_000]) expect(decoded(text, pieceBytes)).toEqual(found);
});

test('what has not ended is counted, and what waits', () => {
  const decoder = lines.decoder(MAX);
  decoder.push(Buffer.from('*5,5\nabcde12'));
  expect(decoder.unfinishedBytes).toBeGreaterThanOrEqual(7);
  expect(decoder.pendingBytes).toBe(0);
  decoder.push(Buffer.from('345[1]\n[2]\n'));
  expect(decoder.pendingBytes).toBe(18);
  expect(decoder.next()).toBe('[1]');
  expect(decoder.next()).toBe('[2]');
  expect(decoder.next()).toBeUndefined();
  expect(decoder.pendingBytes + decoder.unfinishedBytes).toBe(0);
});

test('among lines that are no messages, only a header in full is one', () => {
  for (const pieceBytes of [1, 5, 100_000]) {
    const strays: string[] = [];
    const decoder = linesAmong((line) => strays.push(line)).decoder(MAX);
    expect(decoded('* a list\n*\n[0]\n*3 items\n*2\nab[1]\n', pieceBytes, decoder)).toEqual([
      ['[0]'],
      ['[1]', 'ab'],
    ]);
    expect(strays).toEqual(['* a list', '*', '*3 items']);
  }
});
