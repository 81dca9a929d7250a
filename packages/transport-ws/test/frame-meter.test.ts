import { everySplit, singleBytes } from '@bjsonrpc/duplex-suite';
import { expect, test } from 'vitest';
import { FrameMeter } from '../src/frame-meter.ts';

/** A frame of so many bytes, as a client or a server writes it. */
function frame(first: number, length: number, masked: boolean): Uint8Array {
  const mask = masked ? 0x80 : 0;
  const header =
    length < 126
      ? [first, mask | length]
      : length < 65536
        ? [first, mask | 126, length >> 8, length & 0xff]
        : [
            first,
            mask | 127,
            0,
            0,
            0,
            0,
            length >>> 24,
            (length >> 16) & 0xff,
            (length >> 8) & 0xff,
            length & 0xff,
          ];
  return Uint8Array.from([...header, ...(masked ? [1, 2, 3, 4] : []), ...Array<number>(length).fill(0x88)]);
}

const TEXT = 0x81;
const BEGIN = 0x01;
const MORE = 0x00;
const END = 0x80;
const PING = 0x89;

const messages: readonly (readonly [string, readonly (readonly [number, number])[]])[] = [
  ['one frame', [[TEXT, 5]]],
  ['an empty one', [[TEXT, 0]]],
  ['a length of two bytes', [[TEXT, 300]]],
  ['a ping', [[PING, 3]]],
  [
    'fragments, empty ones among them',
    [
      [BEGIN, 0],
      [MORE, 7],
      [MORE, 0],
      [END, 0],
    ],
  ],
  [
    'pings between fragments',
    [
      [BEGIN, 3],
      [PING, 0],
      [PING, 125],
      [MORE, 2],
      [PING, 1],
      [END, 130],
    ],
  ],
];

test.for([true, false])('knows when a message is under way, however it is cut up (masked: %s)', (masked) => {
  for (const [, frames] of messages) {
    const bytes = Buffer.concat(frames.map(([first, length]) => frame(first, length, masked)));
    for (const chunks of [...everySplit(bytes), singleBytes(bytes)]) {
      const meter = new FrameMeter();
      let sent = 0;
      for (const chunk of chunks) {
        meter.push(chunk);
        sent += chunk.length;
        expect(meter.bytes).toBe(sent === bytes.length ? 0 : sent);
      }
      expect([meter.begun, meter.cost]).toEqual([1, 0]);
    }
  }
});

test('tells messages apart that come in one chunk', () => {
  const meter = new FrameMeter();
  const all = messages.flatMap(([, frames]) => frames.map(([first, length]) => frame(first, length, true)));
  meter.push(Buffer.concat([...all, frame(TEXT, 70_000, true).subarray(0, 1000)]));
  expect([meter.begun, meter.bytes]).toEqual([messages.length + 1, 1000]);
});

test('counts what small pieces cost', () => {
  const meter = new FrameMeter();
  for (const byte of singleBytes(frame(TEXT, 1000, true).subarray(0, 500))) meter.push(byte);
  expect(meter.bytes).toBe(500);
  expect(meter.cost).toBeGreaterThan(500 * 200);
});
