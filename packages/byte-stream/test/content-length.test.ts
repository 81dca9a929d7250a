import { contentLength, type FrameDecoder, lines } from '@bjsonrpc/byte-stream';
import { everySplit, singleBytes } from '@bjsonrpc/duplex-suite';
import { FramingError } from '@bjsonrpc/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { badHeaders, goodHeaders } from './header-corpus.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function decoder(maxMessageBytes = 1000): FrameDecoder {
  return contentLength.decoder(maxMessageBytes);
}

/** What comes of chunks, taken at once or only in the end. */
function decode(chunks: readonly Uint8Array[], { isLazy = false, reader = decoder() } = {}) {
  const messages: string[] = [];
  const take = (): void => {
    for (let message = reader.next(); message !== undefined; message = reader.next()) messages.push(message);
  };
  for (const chunk of chunks) {
    reader.push(chunk.slice());
    if (!isLazy) take();
  }
  take();
  return { messages, error: reader.error, kept: [reader.pendingBytes, reader.unfinishedBytes] };
}

test('writes the length in bytes, and no other header', () => {
  expect(contentLength.frame('{"a":"é😀"}')).toBe('Content-Length: 14\r\n\r\n{"a":"é😀"}');
  expect(contentLength.frame('[1]')).toBe('Content-Length: 3\r\n\r\n[1]');
});

describe('good headers, whole, split at every byte, byte by byte', () => {
  test.each(goodHeaders)('$name', ({ text, messages }) => {
    const bytes = bytesOf(text);
    const cuts =
      bytes.length > 1000 ? [[bytes], singleBytes(bytes)] : [...everySplit(bytes), singleBytes(bytes)];
    for (const chunks of cuts) {
      for (const isLazy of [false, true])
        expect(decode(chunks, { isLazy })).toEqual({ messages, error: undefined, kept: [0, 0] });
    }
  });
});

describe('bad headers are a fault at once, whatever came before, split at every byte', () => {
  test.each(badHeaders)('$name', ({ text, fault, says }) => {
    const before = contentLength.frame('[1]');
    const bytes = bytesOf(before + text);
    const cuts =
      bytes.length > 1000 ? [[bytes], singleBytes(bytes)] : [...everySplit(bytes), singleBytes(bytes)];
    for (const chunks of cuts) {
      const { messages, error, kept } = decode([...chunks, bytesOf(before)]);
      expect(messages).toEqual(['[1]']);
      expect(error).toBeInstanceOf(FramingError);
      expect(error).toHaveProperty('fault', fault);
      expect(kept).toEqual([0, 0]);
    }
    expect(decode([bytesOf(text)]).error?.message).toContain(says);
  });
});

test('100 messages in a chunk, with line ends and other widths of characters in them', () => {
  const sent = Array.from({ length: 100 }, (_, i) => `{\r\n  "n": ${i}, "text": "${'é😀'.repeat(i % 7)}"\n}`);
  const bytes = bytesOf(sent.map(contentLength.frame).join(''));
  expect(decode([bytes])).toEqual({ messages: sent, error: undefined, kept: [0, 0] });
  expect(decode(singleBytes(bytes)).messages).toEqual(sent);
});

test('a message of any length in pieces of any size', () => {
  const message = JSON.stringify(['é'.repeat(200_000)]);
  const bytes = bytesOf(contentLength.frame(message) + contentLength.frame('[2]'));
  for (const size of [1000, 4095, 4096, 65_536, bytes.length]) {
    const chunks = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    const { messages } = decode(chunks, { reader: decoder(1_000_000) });
    expect(messages[0] === message).toBe(true);
    expect(messages.slice(1)).toEqual(['[2]']);
  }
});

test('whatever comes, and however it is cut up, the same is read of it', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'Content-Length',
      'content-type',
      ':',
      ': ',
      ' ',
      '\t',
      '\r\n',
      '\n',
      '\r',
      '\r\n\r\n',
      '-',
      'x',
    ),
    fc.constantFrom('Content-Length: 3\r\n\r\n', 'Content-Length: 0\r\n\r\n', '[1]', '3', '12', '1001'),
    fc.constantFrom('Content-Type: a/b; charset=', 'utf-8', 'latin1', '"', ';', '='),
    fc.json().map(contentLength.frame),
    fc.json().map(contentLength.frame),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (parts, size) => {
      const bytes = bytesOf(parts.join(''));
      const pieces = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
      const seen = ({ messages, error, kept }: ReturnType<typeof decode>) => [
        messages,
        (error as FramingError | undefined)?.fault,
        kept,
      ];
      const whole = seen(decode([bytes]));
      for (const isLazy of [false, true]) expect(seen(decode(pieces, { isLazy }))).toEqual(whole);
    }),
    { numRuns: 3000 },
  );
});

test('counts what waits and what has not ended, headers included', () => {
  const reader = decoder();
  const frame = contentLength.frame('[1]');
  reader.push(bytesOf(frame.slice(0, 8)));
  expect([reader.pendingBytes, reader.unfinishedBytes]).toEqual([0, 8]);
  reader.push(bytesOf(frame.slice(8, -1)));
  expect([reader.pendingBytes, reader.unfinishedBytes]).toEqual([0, frame.length - 1]);
  reader.push(bytesOf(frame.slice(-1) + frame + frame.slice(0, 3)));
  expect([reader.pendingBytes, reader.unfinishedBytes]).toEqual([2 * frame.length, 3]);
  expect(reader.next()).toBe('[1]');
  expect([reader.pendingBytes, reader.unfinishedBytes]).toEqual([frame.length, 3]);
});

test('a body that is not UTF-8 is a fault behind the messages before it, and nothing follows', () => {
  const bad = Uint8Array.of(...bytesOf('Content-Length: 3\r\n\r\n'), 0x22, 0xff, 0x22);
  const chunks = [bytesOf(contentLength.frame('[1]')), bad, bytesOf(contentLength.frame('[2]'))];
  for (const isLazy of [false, true]) {
    const { messages, error, kept } = decode(chunks, { isLazy });
    expect(messages).toEqual(['[1]']);
    expect(error).toMatchObject({ fault: 'encoding', message: 'A message is not valid UTF-8' });
    expect(kept).toEqual([0, 0]);
  }
});

test('the longest message is taken', () => {
  const longest = `["${'x'.repeat(996)}"]`;
  expect(decode([bytesOf(contentLength.frame(longest))]).messages).toEqual([longest]);
  expect(decode([bytesOf(contentLength.frame(`${longest} `))]).error).toHaveProperty('fault', 'length');
});

test('a message that drips in costs its sum: four times as long is about four times the time', () => {
  const drip = (bytes: number): number => {
    const chunk = bytesOf('x');
    const reader = decoder(bytes);
    reader.push(bytesOf(`Content-Length: ${bytes}\r\n\r\n`));
    const start = performance.now();
    for (let i = 0; i < bytes; i++) reader.push(chunk);
    const ms = performance.now() - start;
    expect(reader.next()?.length).toBe(bytes);
    return ms;
  };
  drip(50_000);
  const least = (bytes: number): number => Math.min(...[1, 2, 3].map(() => drip(bytes)));
  expect(least(400_000) / least(100_000)).toBeLessThan(12);
});

test('what has not ended does not keep alive what it came in', () => {
  const before = memory();
  // Of each of these chunks only the last byte belongs to a message that has not ended.
  const whole = bytesOf(contentLength.frame(`["${'x'.repeat(60_000)}"]`));
  const readers = Array.from({ length: 100 }, () => {
    const other = decoder(1 << 20);
    other.push(Uint8Array.of(...whole, 0x43));
    expect(other.next()?.length).toBe(60_004);
    return other;
  });
  expect(memory() - before).toBeLessThan(100 * 20_000);
  expect(readers.every(({ unfinishedBytes }) => unfinishedBytes === 1)).toBe(true);
});

test('a peer of lines that meets headers says which framing it needs', () => {
  const reader = lines.decoder(1000);
  reader.push(bytesOf(contentLength.frame('[1]')));
  expect(reader.next()).toBeUndefined();
  expect(reader.error?.message).toContain("needs framing 'content-length'");
});

function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
