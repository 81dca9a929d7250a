import { connect } from 'node:net';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import { expect, test } from 'vitest';
import { listening } from './open-tcp.ts';
import { openRaw } from './raw-client.ts';

test('what was asked before the other side ended is answered, then the connection is closed', async () => {
  const { raw, server, close } = await openRaw();
  server.answer = () => void server.send('["pong"]');
  raw.socket.end('{"method":"ping"}\n{"method":"ping"}\n');
  await until('the end', () => raw.isEnded && server.isClosed);
  expect(raw.text).toBe('["pong"]\n["pong"]\n');
  expect(server.closes).toEqual([{ error: undefined }]);
  await close();
});

test('answers by promises already settled are in time', async () => {
  const { raw, server, close } = await openRaw();
  server.answer = async () => {
    for (let i = 0; i < 10; i++) await undefined;
    server.send('["pong"]');
  };
  raw.socket.end('{"method":"ping"}\n');
  await until('the end', () => raw.isEnded && server.isClosed);
  expect(raw.text).toBe('["pong"]\n');
  await close();
});

test('many lines, their large answers and the end arrive', async () => {
  const { raw, server, close } = await openRaw();
  const answer = `["${'x'.repeat(10_000)}"]`;
  server.answer = () => void server.send(answer);
  raw.socket.end('[1]\n'.repeat(2000));
  await until('the end', () => raw.isEnded && server.isClosed);
  expect(server.messages.length).toBe(2000);
  expect(raw.text.length).toBe(2000 * (answer.length + 1));
  await close();
});

test('a receiver with onEnd answers in its own time, and closes', async () => {
  const { listener, address, accepted } = await listening();
  const socket = connect({ ...address, allowHalfOpen: true });
  let text = '';
  let isEnded = false;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.on('end', () => {
    isEnded = true;
  });
  socket.end('{"method":"slow"}\n');
  const { duplex } = await accepted();
  const events: string[] = [];
  duplex.start({
    onMessage: () => {
      events.push('message');
      setTimeout(() => duplex.send('["slow answer"]'), 20);
    },
    onEnd: () => {
      events.push('end');
      setTimeout(() => duplex.close(), 40);
    },
    onClose: () => void events.push('close'),
  });
  await until('the end', () => isEnded && events.includes('close'));
  expect(text).toBe('["slow answer"]\n');
  expect(events).toEqual(['message', 'end', 'close']);
  await listener.close();
});

test('an end before start is kept', async () => {
  const { listener, address, accepted } = await listening();
  const socket = connect({ ...address, allowHalfOpen: true });
  socket.end();
  const { duplex } = await accepted();
  await new Promise((resolve) => setTimeout(resolve, 30));
  const server = new Probe(duplex).start();
  await until('the close', () => server.isClosed);
  expect(server.closes).toEqual([{ error: undefined }]);
  await listener.close();
});

test('an unfinished line at the end is dropped', async () => {
  const { raw, server, close } = await openRaw();
  raw.socket.end('[1]\n[2]');
  await until('the close', () => server.isClosed);
  expect(server.messages).toEqual(['[1]']);
  expect(server.closes).toEqual([{ error: undefined }]);
  await close();
});

test('a reset is an error, after the lines that had arrived', async () => {
  const { raw, server, close } = await openRaw();
  raw.socket.write('[1]\n[2]\n');
  await until('the lines', () => server.messages.length === 2);
  raw.socket.resetAndDestroy();
  await until('the close', () => server.isClosed);
  expect(server.closes[0]?.error?.message).toMatch(/^The connection to 127\.0\.0\.1:\d+ broke: .*ECONNRESET/);
  await close();
  expect(server.closes.length).toBe(1);
});

test('a side that never ends is not waited for longer than closeTimeoutMs', async () => {
  const { raw, server, close } = await openRaw({ closeTimeoutMs: 50 });
  server.send('["last"]');
  server.close();
  await until('the end', () => raw.isEnded);
  await until('the close', () => server.isClosed);
  expect(raw.text).toBe('["last"]\n');
  expect(server.closes).toEqual([{ error: undefined }]);
  await close();
});
