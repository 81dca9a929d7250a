import type { Limits, Message } from '@bjsonrpc/protocol';

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
] as const;

export type Extension = (typeof extensions)[number];

/**
 * What this side knows of the other: nothing at first; then either that it greeted, and what it can do, or that
 * it is of the plain profile, since it let the moment for its greeting pass.
 */
export class FarSide {
  readonly #enabled: boolean;
  readonly #dialled: boolean;
  #extensions: ReadonlySet<unknown> | undefined;
  #plain: boolean;
  #onGreeting: (() => void)[] = [];
  maxMessageBytes: number = Number.POSITIVE_INFINITY;

  /** `enabled`: whether extensions are spoken at all; `dialled`: whether this side opened the connection. */
  constructor({ enabled, dialled }: { readonly enabled: boolean; readonly dialled: boolean }) {
    this.#enabled = enabled;
    this.#dialled = dialled;
    this.#plain = !enabled;
  }

  /** It said that it can. */
  can(extension: Extension): boolean {
    return this.#extensions?.has(extension) ?? false;
  }

  /** It can, or may yet turn out to: good for what an old peer ignores. */
  might(extension: Extension): boolean {
    return this.#extensions ? this.#extensions.has(extension) : !this.#plain;
  }

  /** Neither known to have greeted nor known to be plain. */
  get isUndecided(): boolean {
    return !this.#extensions && !this.#plain;
  }

  /** The greeting to send. */
  static greeting(limits: Limits): object {
    return { version: 1, extensions, limits: { maxMessageBytes: limits.maxMessageBytes } };
  }

  /** A greeting has come. Only the first one counts. @returns whether this one did */
  greeted(params: unknown): boolean {
    const greeting = (Array.isArray(params) ? params[0] : undefined) as
      | { extensions?: unknown; limits?: unknown }
      | undefined;
    if (!this.#enabled || this.#extensions || !Array.isArray(greeting?.extensions)) return false;
    this.#extensions = new Set(greeting.extensions);
    const { maxMessageBytes } = (greeting.limits ?? {}) as { maxMessageBytes?: unknown };
    if (typeof maxMessageBytes === 'number' && maxMessageBytes > 0) this.maxMessageBytes = maxMessageBytes;
    for (const callback of this.#onGreeting.splice(0)) callback();
    return true;
  }

  /**
   * While undecided: what does this message say? A dialling side greets before anything else, and an accepting
   * side answers the greeting before it answers anything that came after.
   */
  learn(message: Message, isResponse: boolean): void {
    if (message.method === '$/hello') return;
    if (this.#dialled ? isResponse : true) {
      this.#plain = true;
      this.#onGreeting = [];
    }
  }

  /** Run now or when the greeting comes; never, if it does not. */
  whenGreeted(callback: () => void): void {
    if (this.#extensions) callback();
    else if (!this.#plain) this.#onGreeting.push(callback);
  }

  /** How many wait for the greeting. */
  get waiting(): number {
    return this.#onGreeting.length;
  }
}
