import { chunkingCorpus, everySplit, singleBytes, until } from '@bjsonrpc/duplex-suite';
import { FramingError } from '@bjsonrpc/protocol';
import { describe, expect, test } from 'vitest';
import { openRaw } from './raw-client.ts';

const limits = { maxMessageBytes: 1000 };

const badInputs: readonly (readonly [string, string | Uint8Array, FramingError['fault']])[] = [
  ['a request line of HTTP', 'GET / HTTP/1.1\r\n', 'start'],
  [
    'a POST with a message as its body',
    'POST / HTTP/1.1\r\nHost: x\r\n\r\n{"method":"ping","id":1}\n',
    'start',
  ],
  ['a TLS hello', Uint8Array.of(0x16, 0x03, 0x01, 0x00, 0xa5, 0x01, 0x00, 0x0a, 0x00), 'start'],
  ['a byte order mark', '\ufeff{"method":"ping","id":1}\n', 'start'],
  ['a line over the limit', `["${'x'.repeat(1000)}"]\n[1]\n`, 'length'],
  ['a line over the limit that has not ended', `["${'x'.repeat(1000)}`, 'length'],
  ['invalid UTF-8', Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d, 0x0a, 0x5b, 0x5d, 0x0a), 'encoding'],
];

describe('bad input closes at once, with nothing sent back and nothing delivered', () => {
  for (const [name, input, fault] of badInputs) {
    test(name, async () => {
      const { raw, server, close } = await openRaw(limits);
      server.answer = () => void server.send('["answer"]');
      raw.socket.write(input);
      await until('the close on both sides', () => server.isClosed && (raw.isEnded || raw.isClosed));
      expect(server.messages).toEqual([]);
      expect(raw.text).toBe('');
      expect(server.closes[0]?.error).toBeInstanceOf(FramingError);
      expect(server.closes[0]?.error).toHaveProperty('fault', fault);
      await close();
      expect(server.closes.length).toBe(1);
      expect(server.violations).toEqual([]);
    });
  }

  test('good lines before a bad one are delivered, in one chunk and in two', async () => {
    for (const pause of [false, true]) {
      const { raw, server, close } = await openRaw(limits);
      raw.socket.write('[1]\n["zwei"]\n');
      if (pause) await until('the good lines', () => server.messages.length === 2);
      raw.socket.write('nonsense\n[3]\n');
      await until('the close', () => server.isClosed);
      expect(server.messages).toEqual(['[1]', '["zwei"]']);
      await close();
    }
  });

  test('more than a turn of good lines before a bad one are delivered', async () => {
    const { raw, server, close } = await openRaw(limits);
    raw.socket.write(`${'[1]\n'.repeat(1000)}nonsense\n[3]\n`);
    await until('the close', () => server.isClosed);
    expect(server.messages.length).toBe(1000);
    await close();
  });
});

describe('however the bytes are cut up', () => {
  for (const { name, bytes, messages } of chunkingCorpus) {
    test(`${name}: split at every offset, and byte by byte`, async () => {
      const { raw, server, close } = await openRaw();
      const separator = '\n["next"]\n';
      const isWhole = bytes.at(-1) === 0x0a;
      const expected = isWhole ? messages : [...messages, '["é'];
      let rounds = 0;
      for (const chunks of [...everySplit(bytes), singleBytes(bytes)]) {
        for (const chunk of chunks) {
          raw.socket.write(chunk);
          await new Promise((resolve) => setImmediate(resolve));
        }
        raw.socket.write(separator);
        rounds++;
        await until('the lines', () => server.messages.length === rounds * (expected.length + 1));
      }
      const round = [...expected, '["next"]'];
      expect(server.messages).toEqual(Array.from({ length: rounds }, () => round).flat());
      await close();
      expect(server.violations).toEqual([]);
    });
  }
});
