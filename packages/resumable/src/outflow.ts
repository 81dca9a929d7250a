import { Gate, type Written } from '@bjsonrpc/protocol';
import type { Acks } from './acks.js';
import type { Line } from './line.js';
import { SendLog } from './send-log.js';

/** Without a connection, a sender is asked to wait above so many characters. */
const AWAY_HIGH_WATER_CHARS = 1024 * 1024;
/** What has just left counts as under way, up to so many characters: the rest would have been confirmed. */
const UNHEARD_CHARS = 64 * 1024;

/** What an outflow says besides messages, and who hears of it. */
export interface OutflowParts {
  readonly acks: Acks;
  ackText(received: number): string;
  /** Something more has been handed to the connection. */
  onPumped(): void;
}

/**
 * All that a session sends, over one connection after another: numbered messages by one buffer, one index and one pump, for
 * the first time or again; and control messages between them.
 */
export class Outflow {
  readonly #parts: OutflowParts;
  readonly #log = new SendLog();
  readonly #room = new Gate();
  #line: Line | undefined;
  /** The connection has asked for a pause. */
  #isBlocked = false;
  /** Characters sent since the other side was last heard. */
  #unheard = 0;

  constructor(parts: OutflowParts) {
    this.#parts = parts;
  }

  /** The newest numbered message; the newest that was ever handed to a connection; whether all are confirmed. */
  get last(): number {
    return this.#log.last;
  }
  get handed(): number {
    return this.#log.handed;
  }
  get confirmed(): number {
    return this.#log.confirmed;
  }
  /** Characters that are not confirmed. */
  get chars(): number {
    return this.#log.chars;
  }
  /** What may not have arrived counts until the other side is heard: its silence may have to do with that. */
  get buffered(): number {
    if (this.#line === undefined) return this.#log.chars;
    const unheard = Math.min(this.#unheard, this.#log.chars, UNHEARD_CHARS);
    return Math.max(this.#log.waitingChars + this.#line.buffered, unheard);
  }
  /** Whether nothing waits on this side of the system. */
  get isIdle(): boolean {
    return this.#log.isHandedOver && this.#line?.buffered === 0;
  }

  /** One more numbered message. */
  push(message: Written): void {
    this.#log.push(message);
    this.#unheard += message.length;
    this.#pump();
  }

  /** What `Duplex.send` gives when there is no room. */
  room(): Promise<void> | undefined {
    const isFull = this.#line === undefined ? this.#log.chars > AWAY_HIGH_WATER_CHARS : this.#isBlocked;
    return isFull ? this.#room.wait() : undefined;
  }

  /** The other side was heard. */
  heard(): void {
    this.#unheard = 0;
  }

  /** A control message. */
  say(text: string): void {
    if (this.#line !== undefined) this.#hand(this.#line, text);
  }

  /** Tell how much has arrived. */
  ack(): void {
    this.say(this.#parts.ackText(this.#parts.acks.tell()));
  }

  /** Send over this connection. */
  begin(line: Line): void {
    this.#line = line;
    this.#isBlocked = false;
    this.#pump();
  }

  /** The connection is gone. */
  pause(): void {
    this.#line = undefined;
    this.#isBlocked = false;
  }

  /** So many have arrived by this connection. @returns whether that can be */
  confirm(received: number): boolean {
    return this.#log.confirm(received);
  }

  /** The next connection goes on behind what has arrived. @returns whether that can be */
  rewind(received: number): boolean {
    return this.#log.rewind(received);
  }

  /** Nothing is numbered any more, or will be sent: what waits goes to the connection, if there is one, or is dropped. */
  finish(line?: Line): void {
    if (line) for (let text = this.#log.take(); text !== undefined; text = this.#log.take()) line.send(text);
    this.pause();
    this.#log.clear();
    this.#room.open();
  }

  /** Hand over what waits, for the first time or again, as long as the connection takes it. */
  #pump(): void {
    const line = this.#line;
    while (line !== undefined && !this.#isBlocked) {
      if (this.#parts.acks.isDue) this.ack();
      const text = this.#log.take();
      if (text === undefined) return this.#room.open();
      this.#hand(line, text);
    }
    if (line !== undefined) this.#parts.onPumped();
  }

  #hand(line: Line, message: Written): void {
    const full = line.send(message);
    if (full === undefined || this.#isBlocked) return;
    this.#isBlocked = true;
    void full.then(() => {
      if (line !== this.#line) return;
      this.#isBlocked = false;
      this.#pump();
    });
  }
}
