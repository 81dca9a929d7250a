import { chunkingCorpus, everySplit, singleBytes } from '@bjsonrpc/duplex-suite';
import { FramingError, LineDecoder, type LineDecoderOptions } from '@bjsonrpc/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const encoder = new TextEncoder();

function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** All lines that the chunks make, taken after each chunk or at the very end, and the error if any. */
function decode(
  chunks: Iterable<Uint8Array>,
  options: LineDecoderOptions & { readonly isLazy?: boolean } = {},
): { lines: string[]; fault: FramingError['fault'] | undefined } {
  const decoder = new LineDecoder(options);
  const lines: string[] = [];
  const takeAll = (): void => {
    for (let line = decoder.next(); line !== undefined; line = decoder.next()) lines.push(line);
  };
  for (const chunk of chunks) {
    decoder.push(chunk);
    if (!options.isLazy) takeAll();
  }
  takeAll();
  expect(decoder.pendingBytes).toBe(0);
  return { lines, fault: decoder.error?.fault };
}

describe('the chunking corpus', () => {
  for (const { name, bytes, messages } of chunkingCorpus) {
    test(`${name}: whole, split at every offset, byte by byte`, () => {
      const expected = { lines: [...messages], fault: undefined };
      expect(decode([bytes])).toEqual(expected);
      for (const isLazy of [false, true]) {
        for (const chunks of everySplit(bytes)) expect(decode(chunks, { isLazy })).toEqual(expected);
        expect(decode(singleBytes(bytes), { isLazy })).toEqual(expected);
      }
    });
  }

  test('any messages in any chunks', () => {
    const message = fc
      .array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer()))
      .map((v) => JSON.stringify(v));
    const ending = fc.constantFrom('\n', '\r\n', '\n\n', '\n \t\n');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(message, ending)),
        fc.array(fc.nat(20)),
        fc.boolean(),
        (lines, cuts, isLazy) => {
          const bytes = bytesOf(lines.flat().join(''));
          const chunks: Uint8Array[] = [];
          let at = 0;
          for (const length of cuts) {
            chunks.push(bytes.slice(at, at + length));
            at += length;
          }
          chunks.push(bytes.slice(at));
          expect(decode(chunks, { isLazy })).toEqual({
            lines: lines.map(([text]) => text),
            fault: undefined,
          });
        },
      ),
    );
  });
});

describe('large pieces of a line and small ones', () => {
  const MAX = 12_000;

  /** The same rules, applied to all bytes at once. */
  function reference(bytes: Uint8Array): { lines: string[]; fault: FramingError['fault'] | undefined } {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0x0a, at);
      const line = bytes.subarray(at, end === -1 ? bytes.length : end);
      const start = line.find((byte) => ![0x20, 0x09, 0x0d].includes(byte));
      if (start !== undefined && start !== 0x7b && start !== 0x5b) return { lines, fault: 'start' };
      if (line.length > MAX) return { lines, fault: 'length' };
      if (end === -1) break;
      at = end + 1;
      try {
        const text = decoder.decode(line).replace(/^[ \t\r]+|\r$/g, '');
        if (text !== '') lines.push(text);
      } catch {
        return { lines, fault: 'encoding' };
      }
    }
    return { lines, fault: undefined };
  }

  const content = fc
    .tuple(fc.constantFrom('x', 'é', '€', '😀', 'xxxxxxé'), fc.constantFrom(0, 1, 100, 1000, 1364, 2730))
    .map(([unit, count]) => `["${unit.repeat(count)}"]`);
  const line = fc.oneof(
    { weight: 8, arbitrary: content.map((text) => bytesOf(`${text}\n`)) },
    { weight: 2, arbitrary: content.map((text) => bytesOf(` \r\n\t${text}\r\n`)) },
    ...[
      bytesOf('GET / HTTP/1.1\r\n'),
      bytesOf(`["${'x'.repeat(MAX)}"]\n`),
      bytesOf(`["${'x'.repeat(MAX - 4)}"]\n`),
      bytesOf(`["${'x'.repeat(5000)}`), // not ended, or taken on by the next
      Uint8Array.of(...bytesOf(`["${'x'.repeat(5000)}`), 0xff, ...bytesOf(`${'x'.repeat(5000)}"]\n`)),
    ].map((arbitrary) => ({ weight: 1, arbitrary: fc.constant(arbitrary) })),
  );
  const cut = fc.record({
    length: fc.constantFrom(1, 2, 3, 100, 4095, 4096, 4097, 5000, 10_000),
    /** The bytes of a larger buffer that the chunk is a view of. */
    around: fc.constantFrom(0, 10, 20_000),
  });

  test('in any order make what they make in one', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        fc.array(cut, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        (lines, cuts, isLazy) => {
          const bytes = Uint8Array.from(lines.flatMap((part) => [...part]));
          const chunks: Uint8Array[] = [];
          for (let at = 0; at < bytes.length; ) {
            const { length, around } = cuts[chunks.length % cuts.length] ?? { length: 1, around: 0 };
            const part = bytes.subarray(at, at + length);
            const buffer = new Uint8Array(part.length + around);
            buffer.set(part, around / 2);
            chunks.push(buffer.subarray(around / 2, around / 2 + part.length));
            at += length;
          }
          expect(decode(chunks, { maxMessageBytes: MAX, isLazy })).toEqual(reference(bytes));
        },
      ),
    );
  });

  test('keep no larger buffer alive than they are themselves, or nearly', () => {
    const decoder = new LineDecoder();
    for (const length of [1, 4096, 32_000]) {
      const buffer = new Uint8Array(65_536).fill(0x78);
      decoder.push(length === 1 ? bytesOf('["') : buffer.subarray(100, 100 + length));
      buffer.fill(0); // a copy was taken
    }
    decoder.push(bytesOf('"]\n'));
    expect(decoder.next()).toBe(`["${'x'.repeat(36_096)}"]`);
  });

  test('of several decoders do not meet, though they are joined in the same place', () => {
    const decoders = ['a', 'b', 'c'].map((unit) => {
      const decoder = new LineDecoder();
      decoder.push(bytesOf(`["${unit.repeat(10_000)}`));
      decoder.push(bytesOf(`${unit.repeat(5000)}"]\n[1]\n`));
      return decoder;
    });
    const first = decoders.map((decoder) => decoder.next());
    expect(first).toEqual(['a', 'b', 'c'].map((unit) => `["${unit.repeat(15_000)}"]`));
    expect(decoders.map((decoder) => decoder.next())).toEqual(['[1]', '[1]', '[1]']);
  });
});

describe('faults', () => {
  const invalid = (...bytes: number[]): Uint8Array =>
    Uint8Array.from([...bytesOf('["'), ...bytes, ...bytesOf('"]\n')]);
  const cases: readonly (readonly [string, Uint8Array, FramingError['fault']])[] = [
    ['an HTTP request line', bytesOf('GET / HTTP/1.1\r\n'), 'start'],
    ['an HTTP request line, unfinished', bytesOf('P'), 'start'],
    ['a TLS hello', Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00), 'start'],
    ['a TLS hello that happens to have a line feed', Uint8Array.of(0x16, 0x03, 0x01, 0xa5, 0x0a), 'start'],
    ['a byte order mark', bytesOf('\ufeff{"method":"ping"}\n'), 'start'],
    ['a bare value', bytesOf('1\n'), 'start'],
    ['a NUL', Uint8Array.of(0), 'start'],
    ['blanks and then no message', bytesOf(' \t\r x'), 'start'],
    ['a vertical tab, which is no blank of JSON', bytesOf('\v[1]\n'), 'start'],
    ['a byte that begins nothing', invalid(0xff), 'encoding'],
    ['a continuation byte alone', invalid(0x80), 'encoding'],
    ['a character cut short', invalid(0xe2, 0x82), 'encoding'],
    ['an overlong slash', invalid(0xc0, 0xaf), 'encoding'],
    ['a surrogate', invalid(0xed, 0xa0, 0x80), 'encoding'],
    ['beyond U+10FFFF', invalid(0xf4, 0x90, 0x80, 0x80), 'encoding'],
    ['too long a line', bytesOf(`["${'x'.repeat(97)}"]\n`), 'length'],
    ['too long a line that has not ended', bytesOf(`["${'x'.repeat(100)}`), 'length'],
    ['too long a line of blanks', bytesOf(' '.repeat(101)), 'length'],
    ['too long a line in bytes, though not in characters', bytesOf(`["${'é'.repeat(49)}"]\n`), 'length'],
  ];
  for (const [name, bytes, fault] of cases) {
    test(`${name}: after the good lines before it, and with nothing after`, () => {
      const before = bytesOf('[1]\n{"two":"é"}\n');
      const whole = Uint8Array.from([...before, ...bytes, ...bytesOf('\n[4]\n')]);
      const expected = { lines: ['[1]', '{"two":"é"}'], fault };
      const options = { maxMessageBytes: 100 };
      expect(decode([bytes, bytesOf('\n[4]\n')], options)).toEqual({ lines: [], fault });
      for (const isLazy of [false, true]) {
        expect(decode([whole, bytesOf('[5]\n')], { ...options, isLazy })).toEqual(expected);
        for (const chunks of everySplit(whole))
          expect(decode(chunks, { ...options, isLazy })).toEqual(expected);
        expect(decode(singleBytes(whole), { ...options, isLazy })).toEqual(expected);
      }
    });
  }

  test('are noticed without waiting for the end of the line', () => {
    for (const text of ['G', ' \tG', `["${'x'.repeat(100)}`]) {
      expect(decode([bytesOf(text)], { maxMessageBytes: 100 }).fault).toBeDefined();
    }
  });

  test('a line of just the limit passes, whole and in pieces', () => {
    const line = `["${'x'.repeat(96)}"]`;
    const bytes = bytesOf(`${line}\n${line}\n`);
    for (const chunks of [[bytes], ...everySplit(bytes), singleBytes(bytes)]) {
      expect(decode(chunks, { maxMessageBytes: 100 })).toEqual({ lines: [line, line], fault: undefined });
    }
  });

  test('an error says what is wrong', () => {
    const decoder = new LineDecoder({ maxMessageBytes: 10 });
    decoder.push(bytesOf('["0123456789"]\n'));
    expect(decoder.error).toBeUndefined();
    expect(decoder.next()).toBeUndefined();
    expect(decoder.error).toBeInstanceOf(FramingError);
    expect(decoder.error?.message).toBe('A message is longer than 10 bytes');
  });
});

test('a decoder given by the transport is used, and its undefined is an encoding fault', () => {
  const seen: number[] = [];
  const options = {
    decode: (bytes: Uint8Array) => {
      seen.push(bytes.length);
      return bytes.includes(0x58) ? undefined : String.fromCharCode(...bytes);
    },
  };
  expect(decode([bytesOf('[1]\n[2]\n[3')], options)).toEqual({ lines: ['[1]', '[2]'], fault: undefined });
  expect(seen).toEqual([8]);
  expect(decode([bytesOf('[1]\n["X"]\n[3]\n')], options)).toEqual({ lines: ['[1]'], fault: 'encoding' });
});

test('16 MB in chunks of 64 KB, or in drips, take time in proportion', () => {
  const line = bytesOf(`["${'x'.repeat(16_000_000)}"]\n`);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < line.length; at += 65_536) chunks.push(line.subarray(at, at + 65_536));
  const before = performance.now();
  expect(decode(chunks).lines[0]?.length).toBe(line.length - 1);
  const drip = line.subarray(0, 2_000_000);
  const decoder = new LineDecoder();
  for (let at = 0; at < drip.length; at++) decoder.push(drip.subarray(at, at + 1));
  expect(decoder.error).toBeUndefined();
  // Milliseconds in fact; minutes if each chunk copied what came before.
  expect(performance.now() - before).toBeLessThan(10_000);
});

describe('lines that are no messages, where they are expected', () => {
  const text = 'Hello!\r\n\n{"a":1}\n> half\n[2]\r\n  caf\u00e9 \n{"b":"\u00e9"}\n';
  const latin1 = Uint8Array.of(0x67, 0xe9, 0x0a);

  test.each([1, 2, 3, 7, 1000])('are told apart in chunks of %i bytes', (size) => {
    const strays: string[] = [];
    const onStray = (line: string): boolean => strays.push(line) > 0;
    const decoder = new LineDecoder({ onStray });
    const bytes = Uint8Array.of(...bytesOf(text), ...latin1, ...bytesOf('[3]\n'));
    const messages: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      decoder.push(bytes.slice(at, at + size));
      for (let line = decoder.next(); line !== undefined; line = decoder.next()) messages.push(line);
    }
    expect(messages).toEqual(['{"a":1}', '[2]', '{"b":"\u00e9"}', '[3]']);
    expect(strays).toEqual(['Hello!', '> half', 'caf\u00e9', 'g\ufffd']);
    expect(decoder).toMatchObject({ error: undefined, pendingBytes: 0, unfinishedBytes: 0 });
  });

  test('are a fault all the same if they are not all right, or have no end', () => {
    const decoder = new LineDecoder({ onStray: (line) => line !== 'no' });
    decoder.push(bytesOf('yes\n[1]\nno\n[2]\n'));
    expect([decoder.next(), decoder.next()]).toEqual(['[1]', undefined]);
    expect(decoder.error?.fault).toBe('start');
    const endless = new LineDecoder({ onStray: () => true, maxMessageBytes: 10 });
    endless.push(bytesOf('x'.repeat(11)));
    expect(endless.next()).toBeUndefined();
    expect(endless.error?.fault).toBe('length');
  });
});
