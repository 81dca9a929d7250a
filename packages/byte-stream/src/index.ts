export { addressError } from './address-error.js';
export { ByteDuplex, type ByteDuplexParts } from './byte-duplex.js';
export { type ByteLimits, type ByteOptions, byteLimits } from './byte-limits.js';
export { decodeUtf8 } from './decode-utf8.js';
export type { FrameDecoder, Framing } from './framing.js';
export { lines } from './lines.js';
export { Outbox, type OutboxOptions } from './outbox.js';
export { type OnWritten, type Packer, PIECE_BYTES } from './packer.js';
export { isTurnOver, MAX_BACKLOG_BYTES, turnEndMs } from './turn.js';
