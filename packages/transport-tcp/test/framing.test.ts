import { contentLength } from '@bjsonrpc/byte-stream';
import { duplexSuite, everySplit, singleBytes, until } from '@bjsonrpc/duplex-suite';
import { FramingError } from '@bjsonrpc/protocol';
import { type TcpOptions, tcp } from '@bjsonrpc/transport-tcp';
import { describe, expect, test } from 'vitest';
import { badHeaders, goodHeaders } from '../../byte-stream/test/header-corpus.ts';
import { openTcp, socketPath } from './open-tcp.ts';
import { openRaw } from './raw-client.ts';

const framing = 'content-length';
const options: TcpOptions = { framing, maxMessageBytes: 1000 };

duplexSuite('tcp with Content-Length', (peers) => openTcp({ framing }, peers));
duplexSuite('a unix socket with Content-Length', (peers) => openTcp({ framing, path: socketPath() }, peers));

test('another framing is an error that names those that there are', () => {
  expect(() => tcp({ framing: 'headers' } as unknown as TcpOptions)).toThrow(
    "tcp(): framing must be 'lines' or 'content-length'",
  );
  expect(() => tcp({ framing: 'toString' } as unknown as TcpOptions)).toThrow('tcp(): framing must be');
});

test('writes exactly the length, an empty line, and the message', async () => {
  const { raw, server, close } = await openRaw(options);
  server.send('["é"]');
  server.send('[2]');
  await until('both', () => raw.text.endsWith('[2]'));
  expect(raw.text).toBe('Content-Length: 6\r\n\r\n["é"]Content-Length: 3\r\n\r\n[2]');
  await close();
});

describe('every good header is read, split at every byte', () => {
  test.each(goodHeaders)('$name', async ({ text, messages }) => {
    const { raw, server, close } = await openRaw(options);
    const bytes = new TextEncoder().encode(text);
    const cuts = bytes.length > 1000 ? [[bytes]] : [...everySplit(bytes), singleBytes(bytes)];
    for (const chunks of cuts) {
      for (const chunk of chunks) {
        raw.socket.write(chunk);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await until('the messages', () => server.messages.length === cuts.length * messages.length);
    expect(server.messages).toEqual(cuts.flatMap(() => messages));
    await close();
    expect(server.violations).toEqual([]);
  });
});

describe('every bad header closes the connection within 300 ms, and the listening side learns why', () => {
  test.each(badHeaders)('$name', async ({ text, fault, says }) => {
    for (const isSplit of [false, true]) {
      const { raw, server, close } = await openRaw(options);
      const bytes = new TextEncoder().encode(text);
      const start = performance.now();
      if (isSplit && bytes.length < 1000) for (const byte of singleBytes(bytes)) raw.socket.write(byte);
      else raw.socket.write(bytes);
      await until('the close on both sides', () => server.isClosed && (raw.isEnded || raw.isClosed), 300);
      expect(performance.now() - start).toBeLessThan(300);
      expect(server.messages).toEqual([]);
      expect(raw.text).toBe('');
      expect(server.closes[0]?.error).toBeInstanceOf(FramingError);
      expect(server.closes[0]?.error).toHaveProperty('fault', fault);
      if (!isSplit) expect(server.closes[0]?.error?.message).toContain(says);
      await close();
    }
  });
});

test('messages before a bad header are delivered, and what was answered goes out', async () => {
  const { raw, server, close } = await openRaw({ ...options, closeTimeoutMs: 50 });
  server.answer = (message) => void server.send(message);
  raw.socket.write(`${contentLength.frame('[1]').repeat(100)}nonsense\r\n`);
  await until('the close', () => server.isClosed && (raw.isEnded || raw.isClosed));
  expect(server.messages.length).toBe(100);
  expect(raw.text).toBe(contentLength.frame('[1]').repeat(100));
  expect(server.closes[0]?.error).toBeInstanceOf(FramingError);
  await close();
});

test('100 messages in a chunk, of characters of any width', async () => {
  const { raw, server, close } = await openRaw(options);
  const sent = Array.from({ length: 100 }, (_, i) => `{\r\n"n":${i},"text":"${'é😀'.repeat(i % 9)}"}`);
  raw.socket.write(sent.map(contentLength.frame).join(''));
  await until('all of them', () => server.messages.length === 100);
  expect(server.messages).toEqual(sent);
  await close();
});

test('a message that never ends is not waited for longer than messageTimeoutMs', async () => {
  for (const text of [
    'Content-Len',
    'Content-Length: 5\r\n',
    'Content-Length: 5\r\n\r\n',
    'Content-Length: 5\r\n\r\n[1',
  ]) {
    const { raw, server, close } = await openRaw({ ...options, messageTimeoutMs: 80 });
    raw.socket.write(text);
    await until('the close', () => server.isClosed);
    expect(server.closes[0]?.error?.message).toContain('did not end a message');
    await close();
  }
});
