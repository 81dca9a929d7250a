import * as surface from '@bjsonrpc/byte-stream';
import { expect, test } from 'vitest';
import { exportedNames } from '../../../test/exported-names.ts';

test('the package exports exactly this', () => {
  const names = exportedNames(new URL('../src/index.ts', import.meta.url));
  const values = names.split('\n').filter((name) => !name.startsWith('type '));
  expect(Object.keys(surface).sort()).toEqual(values.sort());
  expect(names).toMatchInlineSnapshot(`
    "addressError
    dialTimeout
    ByteDuplex
    type ByteDuplexParts
    type ByteLimits
    type ByteOptions
    byteLimits
    BYTE_OPTION_KINDS
    checkOptions
    type OptionKind
    contentLength
    CROWD_LIMITS
    Crowd
    type Crowded
    type CrowdLimits
    decodeUtf8
    foreignProtocol
    type FrameDecoder
    type Framing
    FRAMING_KIND
    type FramingName
    framingOf
    guardDoor
    type TurnedAway
    InputBudget
    type InputHolder
    type GuardedInput
    InputGuard
    type InputGuardLimits
    lines
    linesAmong
    type OnWritten
    type Packer
    PIECE_BYTES
    Queue
    type Refused
    refusalTeller
    NO_DESCRIPTORS
    usesSpareDescriptor
    StreamDuplex
    type StreamDuplexLimits
    type StreamDuplexParts
    clearInterval
    clearTimeout
    dateNow
    MAX_TIMER_MS
    nextTick
    now
    setImmediate
    setInterval
    setTimeout
    startTimer
    MAX_BACKLOG_BYTES"
  `);
});
