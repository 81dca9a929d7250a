import type { SessionInfo } from '@bjsonrpc/protocol';
import { type Clock, platformClock } from './clock.js';
import type { SessionLostError } from './session-lost-error.js';
import { platformWake } from './wake.js';

/** What {@link ResumableOptions.onState} hears. */
export interface SessionChange {
  /** As of now. A program shows its banner while this is `away`. */
  readonly state: SessionInfo['state'];
  readonly session: SessionInfo;
  /** Why the connection was lost, or the session. */
  readonly error?: Error | SessionLostError | undefined;
  /** While away, on the dialling side: the number of the connection that will be tried next. */
  readonly attempt?: number;
  /** While away, on the dialling side: when that is, in milliseconds from now. */
  readonly retryMs?: number;
}

/** What is known when a dialling side decides whether to go on. */
export interface FailedAttempt {
  /** How often the session has been dialled, the first connection included. */
  readonly attempt: number;
  readonly error: Error;
  /** For how long it has been away. */
  readonly awayMs: number;
  /** For how long the accepting side said that it keeps a session. */
  readonly keepMs: number;
}

/** How sessions behave. Every member has a default. A function that throws decides nothing, and disturbs nobody. Sizes are in characters of message text, for each side by itself. */
export interface ResumableOptions {
  /** Accepting side: how long a session without a connection is kept, in milliseconds. Default: 120,000. */
  readonly keepMs?: number;
  /** Hears of every change of state of every session. What it throws is dropped. */
  readonly onState?: (change: SessionChange) => void;
  /**
   * Dialling side: calls `kick` whenever it may be worth to try at once, and gives a function that ends that. Default, in
   * pages: when the browser is online, visible, or resumed again; elsewhere never.
   */
  readonly wake?: (kick: () => void) => () => void;
  /**
   * Dialling side: asked after each failed attempt to come back; true loses the session. Default: when it has been away for
   * a minute longer than the other side keeps it.
   */
  readonly giveUp?: (failed: FailedAttempt) => boolean;
  /** Accepting side: whether a claim comes from whom the session belongs to. Default: the same value, or the same JSON. */
  readonly samePrincipal?: (one: unknown, other: unknown) => boolean;
  /** How long what has arrived may be unconfirmed, in milliseconds. Default: 5000. */
  readonly ackMs?: number;
  /**
   * After so many milliseconds without a sign of life the other side is asked for one, and after as many again the connection is
   * given up; 0: never. Default: 15,000; in pages 0, since the timers of a hidden one run once a minute.
   */
  readonly silenceMs?: number;
  /** Unconfirmed text of a session that is connected; more loses the session. Default: 64 Mi. */
  readonly maxUnconfirmedChars?: number;
  /** Text sent while the session is away; more loses it. Default: 8 Mi. */
  readonly maxAwayChars?: number;
  /** Accepting side: text kept for all sessions that are away; beyond it those that are so for the longest are lost. Default: 128 Mi. */
  readonly maxTotalAwayChars?: number;
  /** Accepting side: sessions that are away; beyond it the same. Default: 1000. */
  readonly maxAwaySessions?: number;
  /** Accepting side: the same for one client, by its principal or else its address. Default: 100. */
  readonly maxAwayPerClient?: number;
  /** Accepting side: all sessions; who comes then is served without one. Default: 10,000. */
  readonly maxSessions?: number;
  /** Accepting side: how many lost sessions are remembered, to tell their owners what had arrived. Default: 10,000. */
  readonly maxRemembered?: number;
  /** Time and randomness, injected by tests. */
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** The options with every default filled in. */
export type Settings = Required<ResumableOptions>;

const MI = 1024 * 1024;
/** An accepting side may have noticed the loss later than the dialling one. */
const GIVE_UP_MS = 60_000;

const isPage = typeof document !== 'undefined';

const defaults: Settings = {
  keepMs: 120_000,
  onState: () => {},
  wake: platformWake,
  giveUp: ({ awayMs, keepMs }) => awayMs > keepMs + GIVE_UP_MS,
  samePrincipal: (one, other) => Object.is(one, other) || isSameJson(one, other),
  ackMs: 5000,
  silenceMs: isPage ? 0 : 15_000,
  maxUnconfirmedChars: 64 * MI,
  maxAwayChars: 8 * MI,
  maxTotalAwayChars: 128 * MI,
  maxAwaySessions: 1000,
  maxAwayPerClient: 100,
  maxSessions: 10_000,
  maxRemembered: 10_000,
  clock: platformClock,
  random: Math.random,
};

/** @throws TypeError for an option that there is not, or of the wrong kind */
export function settingsOf(options: ResumableOptions): Settings {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(defaults, name))
      throw new TypeError(
        `resumable(): there is no option '${name}'; there are ${Object.keys(defaults).join(', ')}`,
      );
    const kind = typeof defaults[name as keyof Settings];
    // An amount of NaN, or below 0, would never be reached.
    const isRight =
      kind === 'number' ? typeof value === 'number' && value >= 0 : typeof value === kind && value !== null;
    if (value !== undefined && !isRight) throw new TypeError(`resumable(): ${name} must be ${KINDS[kind]}`);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}

const KINDS: { readonly [kind: string]: string } = {
  number: 'a number, 0 or more',
  function: 'a function',
  object: 'a clock',
};

function isSameJson(one: unknown, other: unknown): boolean {
  const text = JSON.stringify(one);
  return text !== undefined && text === JSON.stringify(other);
}
