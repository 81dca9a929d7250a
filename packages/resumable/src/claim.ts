import { isLostReason, type LostReason } from './session-lost-error.js';

/**
 * What is said before anything else on a connection (section 15 of the protocol): the dialling side claims a session, by a
 * request, since every peer answers one; and the accepting side answers.
 */
export interface Claim {
  readonly id: string;
  readonly token: string;
  /** Of the connections of this session, the how many-th this is; from 1. */
  readonly attempt: number;
  /** How many numbered messages have arrived. */
  readonly received: number;
}

/** What the accepting side answers. */
export type Answer =
  | {
      readonly kind: 'verdict';
      readonly attempt: number;
      readonly received: number;
      /** How long the session is kept while it is away. */
      readonly keepMs: number;
    }
  | { readonly kind: 'refusal'; readonly reason: LostReason; readonly received: number | undefined }
  /** It knows no sessions, or wants none; an answer that makes no sense is one, too. */
  | { readonly kind: 'decline' };

const VERSION = 1;
const ID = '"$/session"';
/** A claim is short, and so is an answer of an acceptor of ours. What an old peer says of an unknown method may be longer. */
const MAX_CLAIM_CHARS = 1024;
const MAX_ANSWER_CHARS = 64 * 1024;

export function claimText({ id, token, attempt, received }: Claim): string {
  const claim = { version: VERSION, id, token, attempt, received };
  return `{"params":[${JSON.stringify(claim)}],"method":${ID},"id":${ID}}`;
}

export function verdictText(verdict: {
  readonly attempt: number;
  readonly received: number;
  readonly keepMs: number;
}): string {
  const { attempt, received, keepMs } = verdict;
  return answerText({ attempt, received, keepMs });
}

export function refusalText(lost: LostReason, received: number | undefined): string {
  return answerText(received === undefined ? { lost } : { lost, received });
}

export function declineText(why: string): string {
  return `{"id":${ID},"result":null,"error":${JSON.stringify(why)}}`;
}

function answerText(result: object): string {
  return `{"id":${ID},"result":${JSON.stringify(result)},"error":null}`;
}

/** The claim that a message is; 'malformed' where it is one that is not understood; undefined where it is something else. */
export function readClaim(text: string): Claim | 'malformed' | undefined {
  const message = parsed(text, MAX_CLAIM_CHARS);
  if (message?.method !== '$/session' || message.id !== '$/session') return undefined;
  const claim = firstOf(message.params);
  if (claim?.version !== VERSION) return 'malformed';
  const { id, token, attempt, received } = claim;
  if (!isText(id, 8) || !isText(token, 22) || !isCount(attempt, 1) || !isCount(received, 0))
    return 'malformed';
  return { id, token, attempt, received };
}

/** The answer to a claim that a message is; undefined where it is something else. */
export function readAnswer(text: string): Answer | undefined {
  const message = parsed(text, MAX_ANSWER_CHARS);
  if (message?.id !== '$/session' || message.method !== undefined) return undefined;
  if (message.error !== undefined && message.error !== null) return { kind: 'decline' };
  const { attempt, received, keepMs, lost } = Object(message.result) as { [name: string]: unknown };
  if (isLostReason(lost))
    return { kind: 'refusal', reason: lost, received: isCount(received, 0) ? received : undefined };
  if (!isCount(attempt, 1) || !isCount(received, 0) || !isCount(keepMs, 0)) return { kind: 'decline' };
  return { kind: 'verdict', attempt, received, keepMs };
}

interface Message {
  readonly method?: unknown;
  readonly id?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

function parsed(text: string, maxChars: number): Message | undefined {
  if (text.length > maxChars || !text.includes(ID)) return undefined;
  try {
    return Object(JSON.parse(text)) as Message;
  } catch {
    return undefined;
  }
}

function firstOf(params: unknown): { readonly [name: string]: unknown } | undefined {
  if (!Array.isArray(params) || params.length !== 1) return undefined;
  return Object(params[0]) as { readonly [name: string]: unknown };
}

function isText(value: unknown, least: number): value is string {
  return typeof value === 'string' && value.length >= least && value.length <= 64 && /^[\w-]+$/.test(value);
}

function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
