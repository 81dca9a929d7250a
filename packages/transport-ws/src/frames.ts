import { Buffer } from 'node:buffer';
import { randomFillSync } from 'node:crypto';

/**
 * Writing frames (RFC 6455, section 5.2), a turn's worth of them into one buffer. The `ws` package writes two buffers
 * per message, each with its own bookkeeping; a burst costs two to three times as much that way. Reading frames, where
 * the other side decides what comes, is left to it.
 */

/** The longest header: 2 bytes, 8 of length, 4 of mask. */
const MAX_HEADER_BYTES = 14;
const FIN = 0x80;
const TEXT = 0x01;
const BINARY = 0x02;
/** Of the first frame of a compressed message. */
const RSV1 = 0x40;
const CONTINUATION = 0x00;

/** Each message as one frame. `masked`: towards a server. */
export function textFrames(messages: readonly string[], masked: boolean): Buffer {
  const sizes: number[] = [];
  let total = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message, 'utf8');
    sizes.push(bytes);
    total += bytes + MAX_HEADER_BYTES;
  }
  const frames = Buffer.allocUnsafe(total);
  let at = 0;
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i] ?? '';
    const bytes = sizes[i] ?? 0;
    at = writeHeader(frames, { at, flags: FIN | TEXT, bytes, masked });
    // As many bytes as characters: it is ASCII, for which latin1 is the same bytes and a plain copy.
    frames.write(message, at, bytes, bytes === message.length ? 'latin1' : 'utf8');
    if (masked) mask(frames, at, bytes);
    at += bytes;
  }
  return frames.subarray(0, at);
}

/** A part of a long message as a frame, between which others (a ping, say) may go. */
export function fragment(
  part: Uint8Array,
  {
    isFirst,
    isLast,
    isBinary,
    isDeflated = false,
    masked,
  }: {
    readonly isFirst: boolean;
    readonly isLast: boolean;
    readonly isBinary: boolean;
    readonly isDeflated?: boolean;
    readonly masked: boolean;
  },
): Buffer {
  const frame = Buffer.allocUnsafe(part.length + MAX_HEADER_BYTES);
  const flags =
    (isLast ? FIN : 0) | (isFirst ? (isBinary ? BINARY : TEXT) | (isDeflated ? RSV1 : 0) : CONTINUATION);
  const at = writeHeader(frame, { at: 0, flags, bytes: part.length, masked });
  frame.set(part, at);
  if (masked) mask(frame, at, part.length);
  return frame.subarray(0, at + part.length);
}

/** The header of a binary frame, whose bytes go behind it as they are: towards a client, which wants no mask. */
export function binaryHeader(bytes: number): Buffer {
  const header = Buffer.allocUnsafe(MAX_HEADER_BYTES);
  return header.subarray(0, writeHeader(header, { at: 0, flags: FIN | BINARY, bytes, masked: false }));
}

interface Header {
  readonly at: number;
  readonly flags: number;
  readonly bytes: number;
  readonly masked: boolean;
}

/** Returns where the payload begins; in front of it, a fresh mask if there is to be one. */
function writeHeader(frames: Buffer, { at, flags, bytes, masked }: Header): number {
  const maskBit = masked ? 0x80 : 0;
  frames[at] = flags;
  let end = at + 2;
  if (bytes < 126) frames[at + 1] = maskBit | bytes;
  else if (bytes < 65536) {
    frames[at + 1] = maskBit | 126;
    end = frames.writeUInt16BE(bytes, end);
  } else {
    frames[at + 1] = maskBit | 127;
    end = frames.writeUInt32BE(0, end);
    end = frames.writeUInt32BE(bytes, end);
  }
  return masked ? writeMask(frames, end) : end;
}

/** Masks drawn in advance: one by one they would cost more than all the rest. */
const masks = Buffer.alloc(16 * 1024);
let nextMask = masks.length;

function writeMask(frames: Buffer, at: number): number {
  if (nextMask === masks.length) {
    randomFillSync(masks);
    nextMask = 0;
  }
  for (let end = at + 4; at < end; at++) frames[at] = masks[nextMask++] ?? 0;
  return at;
}

/** Applies the mask that stands in front of the payload. */
function mask(frames: Buffer, at: number, bytes: number): void {
  const m0 = frames[at - 4] ?? 0;
  const m1 = frames[at - 3] ?? 0;
  const m2 = frames[at - 2] ?? 0;
  const m3 = frames[at - 1] ?? 0;
  const end = at + bytes;
  const whole = end - (bytes & 3);
  let i = at;
  for (; i < whole; i += 4) {
    frames[i] = (frames[i] ?? 0) ^ m0;
    frames[i + 1] = (frames[i + 1] ?? 0) ^ m1;
    frames[i + 2] = (frames[i + 2] ?? 0) ^ m2;
    frames[i + 3] = (frames[i + 3] ?? 0) ^ m3;
  }
  if (i < end) frames[i] = (frames[i] ?? 0) ^ m0;
  if (i + 1 < end) frames[i + 1] = (frames[i + 1] ?? 0) ^ m1;
  if (i + 2 < end) frames[i + 2] = (frames[i + 2] ?? 0) ^ m2;
}
