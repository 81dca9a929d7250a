import { until } from '@bjsonrpc/duplex-suite';
import { describe, expect, test } from 'vitest';
import { openRaw } from './raw-client.ts';

const limits = { maxMessageBytes: 1000, closeTimeoutMs: 200 };

describe('what is no text message ends the connection, after what came before it', () => {
  const long = Buffer.alloc(1001, 0x20);
  const table: readonly [name: string, frames: readonly Buffer[], code: number, error: RegExp][] = [
    ['a text that is too long', [frame(0x81, long)], 1009, /a message is longer than 1000 bytes/],
    ['binary that is too long', [frame(0x82, long)], 1009, /a message is longer than 1000 bytes/],
    [
      'fragments that are too long together',
      [frame(0x01, long.subarray(0, 600)), frame(0x80, long.subarray(0, 600))],
      1009,
      /a message is longer than 1000 bytes/,
    ],
    ['a text that is not UTF-8', [frame(0x81, Buffer.from([0x22, 0xff, 0x22]))], 1007, /not valid UTF-8/],
    ['half a character', [frame(0x81, Buffer.from([0x22, 0xc3]))], 1007, /not valid UTF-8/],
    ['a surrogate in UTF-8', [frame(0x81, Buffer.from([0xed, 0xa0, 0x80]))], 1007, /not valid UTF-8/],
    ['binary that is not UTF-8', [frame(0x82, Buffer.from([0x80]))], 1007, /not valid UTF-8/],
    ['a frame without a mask', [Buffer.from([0x81, 0x02, 0x5b, 0x5d])], 1002, /MASK must be set/],
    ['a compressed frame', [frame(0xc1, Buffer.from('[]'))], 1002, /RSV1/],
    ['a continuation of nothing', [frame(0x80, Buffer.from('[]'))], 1002, /opcode/],
    [
      'a close frame with a code that there is not',
      [frame(0x88, Buffer.from([0x00, 0x01]))],
      1002,
      /status code/,
    ],
  ];
  test.for(table)('%s', async ([, frames, code, error]) => {
    const { raw, server, close } = await openRaw(limits);
    raw.socket.write(
      Buffer.concat([frame(0x81, Buffer.from('["good"]')), ...frames, frame(0x81, Buffer.from('[3]'))]),
    );
    await until('the close', () => server.isClosed);
    expect(server.messages).toEqual(['["good"]']);
    expect(server.closes[0]?.error?.message).toMatch(error);
    await until('the goodbye', () => raw.closeCode !== undefined);
    expect(raw.closeCode).toBe(code);
    await close();
    expect([server.closes.length, server.violations]).toEqual([1, []]);
  });
});

describe('what is one is read', () => {
  test('in binary frames, in fragments, with pings between them', async () => {
    const { raw, server, close } = await openRaw();
    const text = Buffer.from('["é€😀"]');
    for (const opcode of [0x01, 0x02]) {
      for (let cut = 0; cut <= text.length; cut++) {
        raw.socket.write(
          Buffer.concat([
            frame(opcode, text.subarray(0, cut)),
            frame(0x89, Buffer.from('ping')),
            frame(0x80, text.subarray(cut)),
          ]),
        );
      }
    }
    const all = 2 * (text.length + 1);
    await until('the messages', () => server.messages.length === all);
    expect(server.messages.every((message) => message === '["é€😀"]')).toBe(true);
    await until('the pongs', () => raw.pongs === all);
    await close();
  });

  test('byte by byte', async () => {
    const { raw, server, close } = await openRaw();
    for (const byte of frame(0x81, Buffer.from('["é€😀"]'))) {
      raw.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('the message', () => server.messages.length === 1);
    expect(server.messages).toEqual(['["é€😀"]']);
    await close();
  });
});

describe('a goodbye', () => {
  const clean = [1000, 1001, undefined];
  test.for([1000, 1001, undefined, 1002, 1006, 1011, 4000, 4999])('with code %s', async (code) => {
    const { raw, server, close } = await openRaw();
    raw.socket.write(frame(0x81, Buffer.from('["last"]')));
    if (code === 1006) raw.socket.end();
    else raw.socket.write(frame(0x88, code === undefined ? Buffer.alloc(0) : closing(code, 'so long')));
    await until('the close', () => server.isClosed);
    expect(server.messages).toEqual(['["last"]']);
    const message = server.closes[0]?.error?.message;
    if (clean.includes(code)) expect(message).toBeUndefined();
    else if (code === 1006) expect(message).toMatch(/^The connection to 127.0.0.1:\d+ broke$/);
    else expect(message).toMatch(new RegExp(`^The connection was closed by .* with code ${code}: so long$`));
    await close();
  });

  test('of ours is 1000, or 1011 when something went wrong', async () => {
    for (const error of [undefined, new Error('a secret')]) {
      const { raw, server, close } = await openRaw();
      server.close(error);
      await until('the goodbye', () => raw.closeCode !== undefined);
      expect([raw.closeCode, raw.closeReason]).toEqual([error ? 1011 : 1000, '']);
      await close();
    }
  });

  test('that is never answered is not waited for longer than closeTimeoutMs', async () => {
    const { raw, server, close } = await openRaw({ closeTimeoutMs: 50 });
    server.send('["last"]');
    server.close();
    await until('the close', () => server.isClosed, 2000);
    expect(server.closes).toEqual([{ error: undefined }]);
    expect(raw.texts).toEqual(['["last"]']);
    await close();
  });

  test('a reset is an error that says so', async () => {
    const { raw, server, close } = await openRaw();
    raw.socket.write(frame(0x81, Buffer.from('[1]')));
    await until('the message', () => server.messages.length === 1);
    raw.socket.resetAndDestroy();
    await until('the close', () => server.isClosed);
    expect(server.closes[0]?.error?.message).toMatch(
      /^The connection to 127\.0\.0\.1:\d+ broke: .*ECONNRESET/,
    );
    await close();
    expect(server.closes.length).toBe(1);
  });
});

function closing(code: number, reason: string): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}

/** One frame as a client writes it, with a mask. */
function frame(firstByte: number, payload: Buffer): Buffer {
  const mask = [1, 2, 3, 4];
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  const [head = 0, ...more] = length;
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Buffer.concat([Buffer.from([firstByte, 0x80 | head, ...more, ...mask]), masked]);
}
