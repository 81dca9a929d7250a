/**
 * Why a session is gone for good.
 *
 * | reason        | what happened                                                                                 |
 * | ------------- | --------------------------------------------------------------------------------------------- |
 * | `unknown`     | the accepting side knows no such session: it was restarted, or the token or principal is wrong |
 * | `expired`     | it was away for too long                                                                      |
 * | `evicted`     | too many others were away, or kept too much                                                   |
 * | `overflow`    | more was sent than may wait unconfirmed                                                       |
 * | `aborted`     | one side broke it off                                                                         |
 * | `mismatch`    | the two sides disagree on what has arrived                                                    |
 * | `fault`       | what one side sent cannot be taken by the other: it is too long, or no text                   |
 * | `closed`      | the listener was closed while the session was away, or a clean close was not confirmed in time |
 * | `ended`       | the other side had closed it                                                                  |
 * | `unreachable` | the dialling side has given up                                                                |
 */
export type LostReason =
  | 'unknown'
  | 'expired'
  | 'evicted'
  | 'overflow'
  | 'aborted'
  | 'mismatch'
  | 'fault'
  | 'closed'
  | 'ended'
  | 'unreachable';

const TEXTS: Readonly<Record<LostReason, string>> = {
  unknown: 'the other side does not know it (any more)',
  expired: 'it was away for too long (keepMs)',
  evicted: 'the other side had too many to keep (maxAwaySessions, maxAwayPerClient, maxTotalAwayChars)',
  overflow: 'too much was sent that is not confirmed (maxUnconfirmedChars, maxAwayChars)',
  aborted: 'it was broken off',
  mismatch: 'both sides disagree on what has arrived',
  fault: 'what the other side sent cannot be taken',
  closed: 'it was closed before everything was confirmed',
  ended: 'the other side had closed it',
  unreachable: 'the other side could not be reached again (giveUp)',
};

/** Reasons that come from the other side are these alone. */
export function isLostReason(value: unknown): value is LostReason {
  return typeof value === 'string' && Object.hasOwn(TEXTS, value);
}

/** A session is gone for good: `onClose` brings this. */
export class SessionLostError extends Error {
  override readonly name = 'SessionLostError';
  readonly reason: LostReason;
  /** Of the messages that were sent, the last so many certainly did not arrive. */
  readonly undelivered: number;

  constructor(
    reason: LostReason,
    { undelivered, cause }: { readonly undelivered: number; readonly cause?: Error | undefined },
  ) {
    const why = cause === undefined ? '' : `: ${cause.message}`;
    super(`The session is lost: ${TEXTS[reason]}${why}`, cause === undefined ? {} : { cause });
    this.reason = reason;
    this.undelivered = undelivered;
  }
}
