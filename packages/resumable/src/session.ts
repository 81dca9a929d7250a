import { type CloseDetails, type Duplex, Gate, type Receiver, type SessionInfo } from '@bjsonrpc/protocol';
import { Acks } from './acks.js';
import { Timer } from './clock.js';
import { Controls } from './control.js';
import { Inbox } from './inbox.js';
import type { Line, LineReader } from './line.js';
import { nextTurn } from './next-turn.js';
import { Pulse } from './pulse.js';
import type { SessionChange, Settings } from './resumable-options.js';
import { SendLog } from './send-log.js';
import { type LostReason, SessionLostError } from './session-lost-error.js';
import { giveWay } from './timers.js';

/** How long, in milliseconds, a clean close waits while nothing more is confirmed. */
const CLOSE_MS = 5000;
/** While away, `send` asks its caller to wait above so many characters. */
const AWAY_HIGH_WATER_CHARS = 1024 * 1024;

/** What has just left counts as under way, up to so many characters: the rest would have been confirmed. */
const UNHEARD_CHARS = 64 * 1024;

/** Who looks after a session: finds its next connection, or keeps it until one comes. */
export interface Keeper {
  /** Its connection is gone. */
  away(error: Error | undefined): void;
  /** It keeps so many characters more while it is away. */
  grew(chars: number): void;
  /** It is over. `isTold`: the other side has heard so, or will. */
  over(reason: LostReason, isTold: boolean): void;
  /** Whether it keeps the program alive. */
  keepAlive(on: boolean): void;
}

/**
 * One end of a session: a Duplex that goes on over one connection after another. What comes before the other side has proven
 * itself is its keeper's business; so is what happens while it is away.
 *
 *     opening ──> connected ⇄ away            (each ──> lost, closed)
 *        └──────> plain                       the other side knows no sessions: the connection as it is, and nothing more
 */
export class Session implements Duplex {
  /** What programs may know of it. */
  readonly session: SessionInfo;
  readonly maxMessageBytes: number | undefined;
  readonly #settings: Settings;
  readonly #keeper: Keeper;
  readonly #controls: Controls;
  readonly #log = new SendLog();
  readonly #acks = new Acks();
  readonly #inbox: Inbox;
  readonly #room = new Gate();
  readonly #closing: Timer;
  #state: SessionInfo['state'] = 'opening';
  #line: Line | undefined;
  #pulse: Pulse | undefined;
  /** The connection has asked for a pause. */
  #isBlocked = false;
  #isLineHeld = false;
  #isClosing = false;
  #isEndSent = false;
  #keepsAlive = true;
  /** Messages of the program that were numbered, and others that were dropped after the close. */
  #sends = 0;
  #dropped = 0;
  /** Characters sent since the other side was last heard; and since the connection was lost. */
  #unheard = 0;
  #awayChars = 0;
  /** Of connections that are gone. */
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(
    id: string,
    parts: { settings: Settings; keeper: Keeper; maxMessageBytes: number | undefined },
  ) {
    const stateNow = (): SessionInfo['state'] => this.#state;
    this.session = {
      id,
      get state() {
        return stateNow();
      },
    };
    this.#settings = parts.settings;
    this.#keeper = parts.keeper;
    this.maxMessageBytes = parts.maxMessageBytes;
    this.#controls = new Controls(id);
    this.#closing = new Timer(parts.settings.clock);
    this.#inbox = new Inbox({
      onFull: () => this.#holdLine(),
      onEndUnheard: () => giveWay(() => this.close()),
    });
  }

  // What others see of it.

  get isOver(): boolean {
    return this.#state === 'lost' || this.#state === 'closed';
  }
  /** How many of the other side's messages have arrived. */
  get received(): number {
    return this.#acks.received;
  }
  /** Text that is kept for it. */
  get chars(): number {
    return this.#log.chars + this.#inbox.chars;
  }
  get keepsAlive(): boolean {
    return this.#keepsAlive || this.#isClosing;
  }

  // The Duplex.

  get bytesIn(): number {
    return this.#bytesIn + (this.#line?.bytesIn ?? 0);
  }
  get bytesOut(): number {
    return this.#bytesOut + (this.#line?.bytesOut ?? 0);
  }
  /** What may not have arrived counts until the other side is heard: its silence may have to do with that. */
  get buffered(): number {
    if (this.#line === undefined) return this.#log.chars;
    return Math.max(
      this.#log.waitingChars + this.#line.buffered,
      Math.min(this.#unheard, this.#log.chars, UNHEARD_CHARS),
    );
  }

  start(receiver: Receiver): void {
    this.#inbox.start(receiver);
  }

  send(message: string): Promise<void> | undefined {
    if (this.#isClosing || this.isOver) {
      this.#dropped++;
      return nextTurn();
    }
    if (this.#state === 'plain') return this.#line?.send(message);
    this.#sends++;
    this.#log.push(this.#controls.plain(message));
    this.#unheard += message.length;
    if (this.#line === undefined) this.#keep(message.length);
    else if (this.#log.chars > this.#settings.maxUnconfirmedChars) this.lose('overflow');
    else this.#pump();
    if (this.isOver) return nextTurn();
    return this.#isFull ? this.#room.wait() : undefined;
  }

  hold(on: boolean): void {
    this.#inbox.hold(on);
    this.#holdLine();
  }

  ref(): void {
    this.#keepAlive(true);
  }
  unref(): void {
    this.#keepAlive(false);
  }

  close(error?: Error): void {
    if (this.isOver) return;
    if (error !== undefined) return this.#abort(error);
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#inbox.deafen();
    if (this.#state === 'plain') return this.#line?.close();
    this.#keepAlive(this.#keepsAlive);
    if (this.#state !== 'opening') this.#sayEnd();
    this.#watchClose();
  }

  // For its keeper.

  /** Begin on a connection whose other side is yet to prove itself: messages are sent, and nothing else. */
  open(line: Line): void {
    this.#take(line);
    this.#pump();
    this.report();
  }

  /** The other side has proven itself, and says that so much has arrived. It is lost if that cannot be. */
  connect(line: Line, received: number): void {
    const isNew = line !== this.#line;
    if (!(isNew ? this.#log.rewind(received) : this.#log.confirm(received))) return this.lose('mismatch');
    this.#acks.tell(); // by the claim, or by its answer
    if (isNew) this.#take(line);
    line.giveTo(this.#reader);
    this.#pulse = new Pulse({
      ...this.#settings,
      line,
      acks: this.#acks,
      isHeld: () => this.#isLineHeld,
      sendAck: () => this.#hand(line, this.#controls.ack(this.#acks.tell())),
      sendProbe: () => this.#hand(line, this.#controls.probe),
      onSilence: (silence) => this.#cut(silence),
    });
    this.#state = 'connected';
    if (this.#isClosing && !this.#isEndSent) this.#sayEnd();
    else if (!this.#isDone()) this.#pump();
    if (!this.isOver) this.report();
  }

  /** The other side knows no sessions, and what was sent is its business now. */
  becomePlain(line: Line, isToBeSwallowed: (text: string) => boolean = () => false): void {
    if (line !== this.#line) this.#take(line);
    for (let text = this.#log.take(); text !== undefined; text = this.#log.take()) line.send(text);
    this.#log.clear();
    this.#closing.stop();
    this.#state = 'plain';
    line.giveTo({
      onMessage: (text) => {
        if (!isToBeSwallowed(text)) this.#inbox.put(text);
      },
      onEnd: () => this.#inbox.halfClose(),
      onClose: (error) => this.#end('closed', true, () => error),
    });
    this.#room.open();
    this.report();
    if (this.#isClosing) line.close();
  }

  /** A message of the other side that was read by somebody else. */
  hear(text: string): void {
    this.#inbox.put(text);
  }

  /** The other side has ended its half, which somebody else was told. */
  hearEnd(): void {
    this.#inbox.halfClose();
  }

  /** Whether the other side can have received so much, and not less. */
  canResume(received: number): boolean {
    return received >= this.#log.confirmed && received <= this.#log.handed;
  }

  /** Leave the connection, so that not another message of it counts; there will be another one. */
  fence(): void {
    this.#line?.leave(new Error('The session goes on over another connection'));
    this.#drop();
  }

  /** The connection was lost, or is to be. */
  fail(error: (Error & CloseDetails) | undefined): void {
    if (this.isOver) return;
    this.#drop();
    if (error?.isFault)
      return this.#end('fault', false, () => this.#lost('fault', this.#log.handed, error), 'lost');
    this.#awayChars = 0;
    this.#state = 'away';
    this.#keeper.away(error);
  }

  /** There is reason to doubt the connection. */
  kick(): void {
    this.#pulse?.kick();
  }

  /** It is gone for good. `received`: so much had arrived, as the other side knows. */
  lose(reason: LostReason, received?: number): void {
    if (this.isOver) return;
    const { last, handed } = this.#log;
    const delivered = received === undefined ? handed : Math.min(received, handed);
    // Nobody is left who could confirm it, and nothing is left to be confirmed.
    if (this.#isEndSent && reason === 'ended' && delivered === last)
      return this.#end('ended', true, () => undefined);
    const lost = (): SessionLostError => this.#lost(reason, delivered);
    this.#end(reason, this.#breakOff(lost()), lost, 'lost');
  }

  /** Tell the program how things are. */
  report(more: Omit<SessionChange, 'state' | 'session'> = {}): void {
    try {
      this.#settings.onState({ state: this.#state, session: this.session, ...more });
    } catch {
      // its own fault, and nobody else's
    }
  }

  // Out.

  get #isFull(): boolean {
    return this.#line === undefined ? this.#log.chars > AWAY_HIGH_WATER_CHARS : this.#isBlocked;
  }

  /** Hand over what waits, for the first time or again, as long as the connection takes it. */
  #pump(): void {
    const line = this.#line;
    while (line !== undefined && !this.#isBlocked) {
      if (this.#acks.isDue) this.#hand(line, this.#controls.ack(this.#acks.tell()));
      const text = this.#log.take();
      if (text === undefined) return this.#room.open();
      this.#hand(line, text);
    }
    if (this.#isLineHeld) this.#holdLine();
  }

  #hand(line: Line, text: string): void {
    const full = line.send(text);
    if (full === undefined || this.#isBlocked) return;
    this.#isBlocked = true;
    void full.then(() => {
      if (line !== this.#line) return;
      this.#isBlocked = false;
      this.#pump();
    });
  }

  #keep(chars: number): void {
    this.#awayChars += chars;
    if (this.#awayChars > this.#settings.maxAwayChars) this.lose('overflow');
    else this.#keeper.grew(chars);
  }

  // In.

  readonly #reader: LineReader = {
    onMessage: (text) => this.#hear(text),
    onEnd: () => this.#cut(new Error('The other side has ended the connection')),
    onClose: (error) => this.fail(error),
  };

  #hear(text: string): void {
    this.#unheard = 0;
    const control = this.#controls.read(text);
    if (control === undefined) {
      this.#acks.arrived(text.length);
      this.#pulse?.arrived();
      this.#inbox.put(text);
      if (this.#acks.isUrgent) this.#sendAck();
      if (this.#inbox.isFull) this.#holdLine();
    } else if (control.kind === 'ack') {
      if (!this.#log.confirm(control.received)) this.lose('mismatch');
      else this.#isDone();
    } else if (control.kind === 'probe') this.#sendAck();
    else if (control.kind === 'end') {
      this.#acks.arrived(0);
      this.#sendAck();
      this.#finish('ended');
    } else if (control.kind === 'abort') {
      this.#line?.leave();
      this.#end('aborted', true, () => this.#lost('aborted', this.#log.handed), 'lost');
    }
  }

  #sendAck(): void {
    if (this.#line !== undefined) this.#hand(this.#line, this.#controls.ack(this.#acks.tell()));
  }

  /** While little room is left for what the other side has not confirmed, its confirmations are read, held or not. */
  #holdLine(): void {
    const { maxUnconfirmedChars } = this.#settings;
    const { isFull, isHeld, chars } = this.#inbox;
    const isTight = 2 * this.#log.chars >= maxUnconfirmedChars && 2 * chars < maxUnconfirmedChars;
    const hold = (isFull && !isTight) || (isHeld && this.#state === 'plain');
    if (hold === this.#isLineHeld) return;
    this.#isLineHeld = hold;
    this.#line?.hold(hold);
  }

  // The connection.

  #take(line: Line): void {
    this.#line = line;
    this.#isBlocked = false;
    line.keepAlive(this.keepsAlive);
    if (this.#isLineHeld) line.hold(true);
  }

  #cut(error: Error): void {
    this.#line?.leave(error);
    this.fail(error);
  }

  #drop(): void {
    this.#bytesIn = this.bytesIn;
    this.#bytesOut = this.bytesOut;
    this.#line = undefined;
    this.#isBlocked = false;
    this.#pulse?.stop();
    this.#pulse = undefined;
  }

  #keepAlive(on: boolean): void {
    this.#keepsAlive = on;
    this.#line?.keepAlive(this.keepsAlive);
    this.#keeper.keepAlive(this.keepsAlive);
  }

  // The end.

  #sayEnd(): void {
    this.#isEndSent = true;
    this.#log.push(this.#controls.end);
    this.#pump();
  }

  /** All that was to be said before the close, END included, has arrived. */
  #isDone(): boolean {
    const isDone = this.#isEndSent && this.#log.confirmed === this.#log.last;
    if (isDone) this.#finish('ended');
    return isDone;
  }

  /** A clean end, on a connection that still stands. */
  #finish(reason: LostReason): void {
    this.#line?.leave();
    this.#end(reason, true, () => undefined);
  }

  #watchClose(): void {
    const { confirmed } = this.#log;
    const { bytesOut, buffered } = this;
    this.#closing.start(
      () => {
        const isMoving =
          this.#log.confirmed > confirmed || this.bytesOut > bytesOut || this.buffered < buffered;
        if (isMoving) this.#watchClose();
        else if (this.#state === 'opening' && this.#line !== undefined) this.becomePlain(this.#line);
        else this.lose('closed');
      },
      CLOSE_MS,
      true,
    );
  }

  #abort(error: Error): void {
    if (this.#state === 'plain') {
      this.#isClosing = true;
      this.#inbox.deafen();
      return this.#line?.close(error);
    }
    this.#inbox.deafen();
    this.#end('aborted', this.#breakOff(error), () => error);
  }

  /** Leaves the connection for an error. @returns whether the other side is told, or there is none that it could be on */
  #breakOff(error: Error): boolean {
    const line = this.#line;
    if (line === undefined) return true;
    const canBeTold = this.#state === 'connected' && this.#log.isHandedOver && line.buffered === 0;
    if (canBeTold) line.send(this.#controls.abort);
    line.leave(canBeTold ? undefined : error);
    return canBeTold;
  }

  #lost(reason: LostReason, delivered: number, cause?: Error): SessionLostError {
    // END is numbered, too, and no message of the program.
    const undelivered = this.#dropped + Math.max(0, this.#sends - delivered);
    return new SessionLostError(reason, { undelivered, cause });
  }

  #end(
    reason: LostReason,
    isTold: boolean,
    error: () => Error | undefined,
    state: 'closed' | 'lost' = 'closed',
  ): void {
    if (this.isOver) return;
    this.#state = state;
    this.#drop();
    this.#closing.stop();
    this.#log.clear();
    this.#inbox.end(error);
    this.#room.open();
    this.#keeper.over(reason, isTold);
    this.report({ error: error() });
  }
}
