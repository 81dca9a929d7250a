import type { Dialect, Message } from '@bjsonrpc/protocol';
import type { Clock } from '../basics/clock.js';

/** The extensions that this library speaks, as a greeting lists them (section 5). */
export const extensions = [
  'references',
  'streams',
  'cancel',
  'pipelining',
  'values',
  'errors',
  'ping',
  'bye',
  'describe',
  'items',
  'bytes',
] as const;

export type Extension = (typeof extensions)[number];

/** How long a side that waits for a decision waits: who greets has done so by then. */
const DECISION_MS = 1000;
/** Of what is only for a side that has greeted so much is kept until then. */
const MAX_KEPT = 1024;

/** What is known of the other side from the start. */
export interface FarSideParts {
  /** What is spoken. */
  readonly dialect: Dialect;
  /** Whether extensions are spoken at all. */
  readonly isExtended: boolean;
  /** Whether this side opened the connection. */
  readonly dialled: boolean;
  readonly clock: Clock;
  readonly limits: { readonly maxMessageBytes: number };
}

/**
 * What this side knows of the other: nothing at first; then either that it greeted, and what it can do, or that
 * it is of the plain profile, since it let the moment for its greeting pass.
 */
export class FarSide {
  readonly #parts: FarSideParts;
  #extensions: readonly Extension[] | undefined;
  #isPlain: boolean;
  #onDecision: (() => void)[] = [];
  #onGreeting: (() => void)[] = [];
  #timer: unknown;
  /** It said goodbye: it answers what runs and takes no new calls. */
  isLeaving = false;
  maxMessageBytes: number = Number.POSITIVE_INFINITY;

  constructor(parts: FarSideParts) {
    this.#parts = parts;
    this.#isPlain = !parts.isExtended;
  }

  /** The longest message that it takes and this side sends. */
  get mostBytes(): number {
    return Math.min(this.#parts.limits.maxMessageBytes, this.maxMessageBytes);
  }

  /** It said that it can. */
  can(extension: Extension): boolean {
    return this.#extensions?.includes(extension) ?? false;
  }

  /** It can, or may yet turn out to: good for what an old peer ignores. */
  might(extension: Extension): boolean {
    return this.#extensions ? this.can(extension) : !this.#isPlain;
  }

  /** It ignores control messages that it does not know. */
  get hasGreeted(): boolean {
    return this.#extensions !== undefined;
  }

  /**
   * Whether hints mean anything to it, in what it says and hears in that dialect. Those of the original's always do; in JSON-RPC
   * 2.0 only who has greeted.
   */
  takesHints(dialect: Dialect): boolean {
    const { dialect: own } = this.#parts;
    return dialect === own && (own.version === 1 || this.hasGreeted);
  }

  /** Neither known to have greeted nor known to be plain. */
  get isUndecided(): boolean {
    return !this.#extensions && !this.#isPlain;
  }

  /** How many wait for the decision. */
  get waiting(): number {
    return this.#onDecision.length + this.#onGreeting.length;
  }

  /** The greeting to send: `bytes` says whether this side takes bytes beside a message. */
  static greeting({
    maxMessageBytes,
    bytes,
  }: {
    readonly maxMessageBytes: number;
    readonly bytes: boolean;
  }): readonly [object] {
    const listed = bytes ? extensions : extensions.filter((extension) => extension !== 'bytes');
    return [{ version: 1, extensions: listed, limits: { maxMessageBytes } }];
  }

  /** A greeting has come. Only the first one counts. @returns whether this one did */
  greeted(params: unknown): boolean {
    const [greeting] = Array.isArray(params) ? (params as readonly unknown[]) : [];
    const { extensions: listed, limits } = Object(greeting) as { extensions?: unknown; limits?: unknown };
    if (!this.#parts.isExtended || this.#extensions || !Array.isArray(listed)) return false;
    this.#extensions = extensions.filter((extension) => listed.includes(extension)); // of the rest nothing is kept
    const { maxMessageBytes } = Object(limits) as { maxMessageBytes?: unknown };
    if (typeof maxMessageBytes === 'number' && maxMessageBytes > 0) this.maxMessageBytes = maxMessageBytes;
    this.#decided();
    return true;
  }

  /**
   * While undecided: what does this message say? A dialling side greets before anything else, and an accepting
   * side answers the greeting before it answers anything that came after.
   */
  learn({ method }: Message, isResponse: boolean): void {
    if (method !== '$/hello' && (isResponse || !this.#parts.dialled)) this.giveUp();
  }

  /** Run when the greeting has come; never, if it does not, or if too many wait for it. */
  whenGreeted(callback: () => void): void {
    if (this.#extensions) callback();
    else if (!this.#isPlain && this.#onGreeting.length < MAX_KEPT) this.#onGreeting.push(callback);
  }

  /** Run as soon as it is decided; undecided after a second, it is plain. A greeting that comes later is taken all the same. */
  whenSettled(callback: () => void): void {
    if (!this.isUndecided) return callback();
    this.#onDecision.push(callback);
    this.#timer ??= this.#parts.clock.setTimeout(() => this.giveUp(), DECISION_MS);
  }

  /** It is waited for no longer: it is plain, until it greets. */
  giveUp(): void {
    this.#isPlain = true;
    this.#decided();
  }

  /** The connection has ended: nothing will be decided any more. */
  close(): void {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#isPlain = true;
    this.#onDecision = [];
    this.#onGreeting = [];
  }

  #decided(): void {
    this.#parts.clock.clearTimeout(this.#timer);
    for (const callback of this.#onGreeting.splice(0)) if (this.#extensions) callback();
    for (const callback of this.#onDecision.splice(0)) callback();
  }
}
