import type { Keeping, KeptSession, Remembered } from './kept-session.js';
import type { Settings } from './resumable-options.js';

/** The bounds of a table. */
export type TableLimits = Pick<
  Settings,
  'maxSessions' | 'maxAwaySessions' | 'maxAwayPerClient' | 'maxTotalAwayChars' | 'maxRemembered'
>;

/** The sessions of a listener: all of them, those that are away, and what is remembered of lost ones. Each is bounded. */
export class SessionTable implements Keeping {
  readonly #limits: TableLimits;
  readonly #sessions = new Map<string, KeptSession>();
  /** Those that are away, the longest first, and what is kept for each. */
  readonly #away = new Map<KeptSession, number>();
  readonly #awayOf = new Map<string, number>();
  #awayChars = 0;
  readonly #remembered = new Map<string, Remembered>();
  #isOpen = true;

  constructor(limits: TableLimits) {
    this.#limits = limits;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isFull(): boolean {
    return !this.#isOpen || this.#sessions.size >= this.#limits.maxSessions;
  }

  /** Whether the id is in use, or was. */
  knows(id: string): boolean {
    return this.#sessions.has(id) || this.#remembered.has(id);
  }

  find(id: string): KeptSession | undefined {
    return this.#sessions.get(id);
  }

  remembered(id: string): Remembered | undefined {
    return this.#remembered.get(id);
  }

  add(kept: KeptSession): void {
    this.#sessions.set(kept.id, kept);
  }

  /** Whoever is away cannot come back. */
  close(): void {
    this.#isOpen = false;
    for (const kept of [...this.#away.keys()]) kept.session.lose('closed');
    this.#remembered.clear();
  }

  wentAway(kept: KeptSession, chars: number): void {
    this.#away.set(kept, chars);
    this.#awayChars += chars;
    this.#awayOf.set(kept.client, (this.#awayOf.get(kept.client) ?? 0) + 1);
    const { maxAwayPerClient, maxAwaySessions } = this.#limits;
    if ((this.#awayOf.get(kept.client) ?? 0) > maxAwayPerClient)
      this.#evict((other) => other.client === kept.client);
    if (this.#away.size > maxAwaySessions) this.#evict();
    this.#evictForRoom();
  }

  grew(kept: KeptSession, chars: number): void {
    const before = this.#away.get(kept);
    if (before === undefined) return;
    this.#away.set(kept, before + chars);
    this.#awayChars += chars;
    this.#evictForRoom();
  }

  cameBack(kept: KeptSession): void {
    const chars = this.#away.get(kept);
    if (chars === undefined) return;
    this.#away.delete(kept);
    this.#awayChars -= chars;
    const left = (this.#awayOf.get(kept.client) ?? 0) - 1;
    if (left > 0) this.#awayOf.set(kept.client, left);
    else this.#awayOf.delete(kept.client);
  }

  forget(kept: KeptSession, as: Remembered): void {
    this.#sessions.delete(kept.id);
    if (!this.#isOpen || this.#limits.maxRemembered === 0) return;
    this.#remembered.set(kept.id, as);
    if (this.#remembered.size <= this.#limits.maxRemembered) return;
    const [oldest = ''] = this.#remembered.keys();
    this.#remembered.delete(oldest);
  }

  #evictForRoom(): void {
    while (this.#awayChars > this.#limits.maxTotalAwayChars && this.#away.size > 0) this.#evict();
  }

  /** The one that has been away for the longest. */
  #evict(isMeant: (kept: KeptSession) => boolean = () => true): void {
    for (const kept of this.#away.keys()) if (isMeant(kept)) return kept.session.lose('evicted');
  }
}
