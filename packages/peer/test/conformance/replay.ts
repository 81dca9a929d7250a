import { Correspondence } from './correspondence.ts';
import { cues, type Stage, sentByteByByte } from './cues.ts';
import type { Difference } from './difference.ts';
import type { Ledger } from './ledger.ts';
import type { RawEnd } from './raw-end.ts';
import type { Entry, Side, Transcript } from './transcript.ts';
import { type Json, type JsonObject, readJson } from './wire-json.ts';

/** A recorded session, and how to play it. */
export interface Performance {
  readonly transcript: Transcript;
  /** The side that is ours; the other one's lines are played from the recording. */
  readonly ours: Side;
  readonly over: 'tcp' | 'memory';
  readonly differences: readonly Difference[];
  readonly ledger: Ledger;
  /** A new connection to our side. */
  open(conn: number): Promise<RawEnd>;
}

/** One connection of a session while it is played. */
interface Line {
  readonly end: RawEnd;
  readonly terms: Correspondence;
  /** What of the other side is to go out in one piece. */
  segment: string[];
  /** What we say in addition, due before the next recorded message of ours. */
  due: string[];
  /** Bytes of the next line that went ahead of it. */
  ahead: number;
  isClosed: boolean;
}

/** Plays a session from its first line to its last; resolves when all has come that was to come. */
export class Replay {
  readonly #performance: Performance;
  readonly #lines = new Map<number, Line>();

  constructor(performance: Performance) {
    this.#performance = performance;
  }

  /** The connections that are still open, in no order. */
  get openEnds(): RawEnd[] {
    return [...this.#lines.values()].filter((line) => !line.isClosed).map((line) => line.end);
  }

  async run(): Promise<void> {
    const entries = this.#inOrder();
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as Entry;
      try {
        const mixed = this.#mixedFrom(entry, entries.slice(i));
        if (mixed) i += (await this.#expectMixed(mixed)) - 1;
        else await this.#play(entry);
      } catch (cause) {
        const { transcript, over } = this.#performance;
        throw new Error(`${transcript.name}:${entry.at} over ${over}: ${(cause as Error).message}`, {
          cause,
        });
      }
    }
    for (const line of this.#lines.values()) await this.#flush(line);
  }

  /** The entries, those moved that a row moves. */
  #inOrder(): Entry[] {
    const order = [...this.#performance.transcript.entries];
    for (const entry of this.#performance.transcript.entries) {
      const row = this.#row(entry, (ours) => typeof ours === 'object' && 'comesAfter' in ours);
      if (!row) continue;
      const { comesAfter } = row.ours as { comesAfter: number };
      order.splice(order.indexOf(entry), 1);
      order.splice(order.findIndex(({ at }) => at === comesAfter) + 1, 0, entry);
      this.#performance.ledger.useRow(row);
    }
    return order;
  }

  async #play(entry: Entry): Promise<void> {
    for (const [conn, line] of this.#lines) if (conn !== entry.conn) await this.#flush(line);
    const line = await this.#lineOf(entry.conn);
    const says = this.#row(entry, (ours) => typeof ours === 'object' && 'says' in ours);
    const extra = says ? (says.ours as { says: string[] }).says : [];
    if (says && !(entry.line !== undefined && extra.length === 1 && isSame(entry.line, extra[0] ?? ''))) {
      this.#performance.ledger.useRow(says);
    }

    if (entry.from === this.#performance.ours) {
      await this.#flush(line);
      await this.#playOurs(entry, line, says && extra);
    } else {
      if (entry.from !== undefined) await this.#playTheirs(entry, line);
      line.due.push(...extra);
      if (entry.note !== undefined || this.#ends(entry)) await this.#flush(line);
      await cues.get(`${this.#performance.transcript.name}:${entry.at}`)?.(this.#stage(line));
    }
    await this.#close(entry, line);
  }

  async #playOurs(entry: Entry, line: Line, instead: readonly string[] | undefined): Promise<void> {
    const recorded = entry.line as string;
    const silence = this.#row(entry, (ours) => ours === 'says nothing');
    if (silence) this.#performance.ledger.useRow(silence);
    if (silence || !(instead ?? [recorded]).some(isRequest)) line.terms.leaveOut(recorded);
    if (silence) return;
    for (const expected of instead ?? [recorded]) line.terms.match(expected, await line.end.next());
  }

  async #playTheirs(entry: Entry, line: Line): Promise<void> {
    const { ledger, over } = this.#performance;
    if (entry.line === undefined) {
      await this.#flush(line);
      ledger.useRule('bytes');
      if (entry.hex !== undefined) line.end.sendBytes?.(Buffer.from(`${entry.hex}0a`, 'hex'));
      else line.end.sendBytes?.(Buffer.from(entry.partial ?? ''));
      return;
    }
    const text = line.terms.translate(entry.line);
    if (text === undefined) return;
    if (over === 'tcp' && sentByteByByte.has(this.#performance.transcript.name)) {
      for (const byte of Buffer.from(`${text}\n`)) line.end.sendBytes?.(Uint8Array.of(byte));
    } else if (line.ahead > 0) {
      line.end.sendBytes?.(Buffer.from(`${text}\n`).subarray(line.ahead));
      line.ahead = 0;
    } else {
      line.segment.push(text);
    }
  }

  /** Sends what waits to be sent, and awaits what a row says that we answer. */
  async #flush(line: Line): Promise<void> {
    if (line.segment.length > 0) line.end.send(line.segment.splice(0));
    for (const expected of line.due.splice(0)) line.terms.match(expected, await line.end.next());
  }

  #ends(entry: Entry): boolean {
    return this.#row(entry, (ours) => ours === 'closes') !== undefined;
  }

  async #close(entry: Entry, line: Line): Promise<void> {
    const row = this.#row(entry, (ours) => ours === 'closes');
    if (!row) return;
    await line.end.closed;
    if (line.end.unread.length > 0) throw new Error(`sent before closing: ${line.end.unread}`);
    line.end.end();
    this.#lines.delete(entry.conn);
    this.#performance.ledger.useRow(row);
  }

  /** The recorded messages that may mix, if a row says so from this entry on. */
  #mixedFrom(entry: Entry, rest: readonly Entry[]): Entry[] | undefined {
    const row = this.#row(entry, (ours) => typeof ours === 'object' && 'mixesUntil' in ours);
    if (!row) return undefined;
    const { mixesUntil } = row.ours as { mixesUntil: number };
    return rest.filter(({ at }) => at <= mixesUntil);
  }

  async #expectMixed(entries: readonly Entry[]): Promise<number> {
    const first = entries[0] as Entry;
    const row = this.#row(first, (ours) => typeof ours === 'object' && 'mixesUntil' in ours);
    const line = await this.#lineOf(first.conn);
    await this.#flush(line);
    const outstanding = entries.map((entry) => entry.line as string);
    while (outstanding.length > 0) {
      const ours = await line.end.next();
      const index = outstanding.findIndex((recorded) => idOf(recorded) === idOf(ours));
      if (index > 0 && row) this.#performance.ledger.useRow(row);
      const [recorded] = outstanding.splice(Math.max(index, 0), 1) as [string];
      line.terms.match(recorded, ours);
    }
    return entries.length;
  }

  #row(entry: Entry, isKind: (ours: Difference['ours']) => boolean): Difference | undefined {
    const { transcript, over, differences } = this.#performance;
    return differences.find(
      (row) =>
        row.in === transcript.name && row.at === entry.at && (row.over ?? over) === over && isKind(row.ours),
    );
  }

  async #lineOf(conn: number): Promise<Line> {
    let line = this.#lines.get(conn);
    if (!line) {
      const terms = new Correspondence((rule) => this.#performance.ledger.useRule(rule));
      const end = await this.#performance.open(conn);
      line = { end, terms, segment: [], due: [], ahead: 0, isClosed: false };
      this.#lines.set(conn, line);
    }
    return line;
  }

  #stage(line: Line): Stage {
    return {
      over: this.#performance.over,
      ours: this.#performance.ours,
      usesUp: (count) => line.terms.skip(count),
      end: () => line.end.end(),
      closed: async () => {
        await line.end.closed;
        line.isClosed = true;
      },
      sendAhead: (text, bytes) => {
        if (!line.end.sendBytes) return;
        line.end.sendBytes(Buffer.from(text).subarray(0, bytes));
        line.ahead = bytes;
      },
    };
  }
}

/** Whether a row says what was recorded: then nobody needs it. */
function isSame(recorded: string, row: string): boolean {
  try {
    new Correspondence(() => {}).match(recorded, row);
    return true;
  } catch {
    return false;
  }
}

function isRequest(text: string): boolean {
  const message = readJson(text) as JsonObject;
  return message.has('method') && message.has('id');
}

function idOf(text: string): Json | undefined {
  return (readJson(text) as JsonObject).get('id');
}
