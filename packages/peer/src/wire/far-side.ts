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
  readonly #isDialled: boolean;
  #extensions: readonly Extension[] | undefined;
  #isPlain: boolean;
  #onGreeting: (() => void)[] = [];
  /** Whether extensions are spoken at all. */
  readonly isEnabled: boolean;
  /** It said goodbye: it answers what runs and takes no new calls. */
  isLeaving = false;
  maxMessageBytes: number = Number.POSITIVE_INFINITY;

  /** `isDialled`: whether this side opened the connection. */
  constructor({ isEnabled, isDialled }: { readonly isEnabled: boolean; readonly isDialled: boolean }) {
    this.isEnabled = isEnabled;
    this.#isDialled = isDialled;
    this.#isPlain = !isEnabled;
  }

  /** It said that it can. */
  can(extension: Extension): boolean {
    return this.#extensions?.includes(extension) ?? false;
  }

  /** It can, or may yet turn out to: good for what an old peer ignores. */
  might(extension: Extension): boolean {
    return this.#extensions ? this.can(extension) : !this.#isPlain;
  }

  /** Neither known to have greeted nor known to be plain. */
  get isUndecided(): boolean {
    return !this.#extensions && !this.#isPlain;
  }

  /** How many wait for the greeting. */
  get waiting(): number {
    return this.#onGreeting.length;
  }

  /** The greeting to send. */
  static greeting({ maxMessageBytes }: Limits): readonly [object] {
    return [{ version: 1, extensions, limits: { maxMessageBytes } }];
  }

  /** A greeting has come. Only the first one counts. @returns whether this one did */
  greeted(params: unknown): boolean {
    const [greeting] = Array.isArray(params) ? (params as readonly unknown[]) : [];
    const { extensions: listed, limits } = Object(greeting) as { extensions?: unknown; limits?: unknown };
    if (!this.isEnabled || this.#extensions || !Array.isArray(listed)) return false;
    this.#extensions = extensions.filter((extension) => listed.includes(extension)); // of the rest nothing is kept
    const { maxMessageBytes } = Object(limits) as { maxMessageBytes?: unknown };
    if (typeof maxMessageBytes === 'number' && maxMessageBytes > 0) this.maxMessageBytes = maxMessageBytes;
    for (const callback of this.#onGreeting.splice(0)) callback();
    return true;
  }

  /**
   * While undecided: what does this message say? A dialling side greets before anything else, and an accepting
   * side answers the greeting before it answers anything that came after.
   */
  learn({ method }: Message, isResponse: boolean): void {
    if (method === '$/hello' || (this.#isDialled && !isResponse)) return;
    this.#isPlain = true;
    this.#onGreeting = [];
  }

  /** Run now or when the greeting comes; never, if it does not. */
  whenGreeted(callback: () => void): void {
    if (this.#extensions) callback();
    else if (!this.#isPlain) this.#onGreeting.push(callback);
  }
}
