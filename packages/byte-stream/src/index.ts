/// <reference types="node" preserve="true" />
export { addressError, dialTimeout } from './address-error.js';
export { ByteDuplex, type ByteDuplexParts } from './byte-duplex.js';
export { type ByteLimits, type ByteOptions, byteLimits } from './byte-limits.js';
export { BYTE_OPTION_KINDS, checkOptions, type OptionKind } from './check-options.js';
export { contentLength } from './content-length.js';
export { CROWD_LIMITS, Crowd, type Crowded, type CrowdLimits } from './crowd.js';
export { decodeUtf8 } from './decode-utf8.js';
export { foreignProtocol } from './foreign-protocol.js';
export type { FrameDecoder, Framing } from './framing.js';
export { FRAMING_KIND, type FramingName, framingOf } from './framings.js';
export { guardDoor, type TurnedAway } from './guard-door.js';
export { InputBudget, type InputHolder } from './input-budget.js';
export { type GuardedInput, InputGuard, type InputGuardLimits } from './input-guard.js';
export { lines, linesAmong } from './lines.js';
export { type OnWritten, type Packer, PIECE_BYTES } from './packer.js';
export { Queue } from './queue.js';
export { type Refused, refusalTeller } from './refusal-teller.js';
export { NO_DESCRIPTORS, usesSpareDescriptor } from './spare-descriptors.js';
export { StreamDuplex, type StreamDuplexLimits, type StreamDuplexParts } from './stream-duplex.js';
export {
  clearInterval,
  clearTimeout,
  dateNow,
  MAX_TIMER_MS,
  nextTick,
  now,
  setImmediate,
  setInterval,
  setTimeout,
  startTimer,
} from './timers.js';
export { MAX_BACKLOG_BYTES } from './turns.js';
