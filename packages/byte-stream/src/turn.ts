import { now } from './timers.js';

/** A busy connection lets others go first after this many messages, or this long. */
const TURN_MESSAGES = 256;
const TURN_MS = 4;

/** Bytes of messages kept while a connection waits for its next turn; with more, it stops reading. */
export const MAX_BACKLOG_BYTES: number = 256 * 1024;

/** When a turn that begins now is over at the latest: for {@link isTurnOver}. */
export function turnEndMs(): number {
  return now() + TURN_MS;
}

/** After each message of a turn, and how many that makes: is it time to let other connections go first? */
export function isTurnOver(messages: number, endMs: number): boolean {
  return messages === TURN_MESSAGES || (isTimeToLook(messages) && now() > endMs);
}

/** A look at the clock costs a tenth of a short message: one is taken after 1, 2, 4, 8 messages, and after every 16. */
function isTimeToLook(messages: number): boolean {
  return messages % 16 === 0 || (messages & (messages - 1)) === 0;
}
