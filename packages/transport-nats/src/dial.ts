import { ByteDuplex, byteLimits, dialTimeout, framingOf, now } from '@bjsonrpc/byte-stream';
import type { AbortSignalLike, DialOptions, Duplex } from '@bjsonrpc/protocol';
import { type Answered, ask } from './ask.js';
import { Conversation } from './conversation.js';
import { Desk } from './desk.js';
import { amountOf, type Frame, line } from './frames.js';
import { type NatsOptions, natsLimits } from './nats-options.js';
import type { SharedWire } from './shared-wire.js';
import { Station } from './station.js';
import { inboxOf, isSubject, newToken, type Subjects } from './subjects.js';
import { Window } from './window.js';
import { within } from './within.js';

/** So long, in milliseconds, one instance is waited for: one that hangs is still in the group. */
const TRY_MS = 1000;

/** What an instance answered to a dial: it is ours now, or it has no room. */
type Reply = Conversation | 'not here';

/** Dials of one transport: they share a connection of NATS, and an inbox. */
export class Dialler {
  readonly #options: NatsOptions;
  readonly #subjects: Subjects;
  readonly #shared: SharedWire;
  #desk: Promise<Desk> | undefined;

  constructor(options: NatsOptions, { subjects, shared }: { subjects: Subjects; shared: SharedWire }) {
    this.#options = options;
    this.#subjects = subjects;
    this.#shared = shared;
  }

  async dial({ signal, timeoutMs, maxMessageBytes }: DialOptions): Promise<Duplex> {
    const limitMs = Math.min(
      ...[this.#options.handshakeTimeoutMs ?? 10_000, timeoutMs ?? 0].map(
        (ms) => ms || Number.POSITIVE_INFINITY,
      ),
    );
    const call: Call = { deadlineMs: now() + limitMs, limitMs, signal };
    const desk = await this.#opened(call);
    try {
      const conversation = await this.#call(desk, call);
      return new ByteDuplex({
        readable: conversation,
        writable: conversation,
        remote: this.#name,
        framing: framingOf('lines'),
        limits: { ...byteLimits(this.#options, maxMessageBytes), firstMessageMs: 0 },
      });
    } finally {
      desk.dials--;
      desk.closeIfIdle();
    }
  }

  get #name(): string {
    const { subject, instance } = this.#options;
    return instance === undefined ? subject : `${subject} (instance ${instance})`;
  }

  /** The desk, with one more dial. */
  async #opened(call: Call): Promise<Desk> {
    for (;;) {
      const opening = (this.#desk ??= this.#open());
      const desk = await within(opening, {
        ...call,
        timeout: () => dialTimeout(this.#name, call.limitMs, 'the connection to NATS'),
      }).catch((error) => {
        // It may open yet, with nobody left who wants it.
        opening.then(
          (late) => late.closeIfIdle(),
          () => {},
        );
        throw error;
      });
      desk.dials++;
      if (!desk.isClosed) return desk;
      if (this.#desk === opening) this.#desk = undefined;
    }
  }

  async #open(): Promise<Desk> {
    try {
      const { user, inboxPrefix = inboxOf(user) } = this.#options;
      return await Desk.open(this.#shared, (wire, idle) => {
        const toAny = `${this.#subjects.toAny}.`;
        const base = `${inboxPrefix}.${newToken()}`;
        const station: Station = new Station({
          wire,
          base,
          limits: natsLimits(this.#options),
          mayAnswer: (reply) => reply.startsWith(toAny),
          // An answer to a dial that was given up: that instance is not to wait for us.
          stray: ({ kind, words: [to] }) => {
            if (kind === 'H' && isSubject(to) && to.startsWith(toAny)) station.publish(to, line('R'));
          },
          idle,
        });
        return { station, base };
      });
    } catch (error) {
      this.#desk = undefined;
      throw error;
    }
  }

  /** Somebody who takes the call. */
  async #call(desk: Desk, call: Call): Promise<Conversation> {
    const { user, instance } = this.#options;
    let subject = instance === undefined ? this.#subjects.dial(user) : this.#subjects.at(instance, user);
    for (;;) {
      const dialled = await this.#dial(desk, subject, call);
      if (typeof dialled === 'object' && dialled.answer !== 'not here') return dialled.answer;
      if (dialled === 'nobody listens' && (instance !== undefined || subject === this.#subjects.dial(user)))
        throw this.#failed(instance === undefined ? 'nobody listens there' : 'no such instance listens');
      if (typeof dialled === 'object' && instance !== undefined)
        throw this.#failed('the instance takes no more connections');
      // Whom NATS drew hangs, or is leaving. Whoever answers first does not.
      if (instance === undefined) subject = await this.#find(desk, call);
    }
  }

  async #dial(desk: Desk, subject: string, call: Call): Promise<Answered<Reply>> {
    const { wire, station } = desk;
    const at = `${desk.base}.${newToken()}`;
    const window = new Window(wire.budget, station.limits);
    const dialled = await ask<Reply>(desk, {
      subject,
      at,
      words: ['1', String(window.bytes)],
      timeoutMs: this.#tryMs(call),
      signal: call.signal,
      answer: ({ kind, words: [to, bytes] }) => {
        const limit = amountOf(bytes);
        if (kind === 'N') {
          station.hush(at);
          return 'not here';
        }
        if (kind !== 'H' || !isSubject(to) || !to.startsWith(`${this.#subjects.toAny}.`) || !(limit >= 0))
          return undefined;
        const conversation = new Conversation({ ground: station, at, to, window, limit });
        station.place(conversation);
        return conversation;
      },
    }).catch((error) => {
      window.release();
      throw error;
    });
    if (typeof dialled === 'string' || dialled.answer === 'not here') window.release();
    return dialled;
  }

  /** Any instance that answers; while none does, the group again. */
  async #find(desk: Desk, call: Call): Promise<string> {
    const { user } = this.#options;
    const at = `${desk.base}.${newToken()}`;
    const found = await ask(desk, {
      subject: this.#subjects.find(user),
      at,
      words: [],
      timeoutMs: this.#tryMs(call),
      signal: call.signal,
      answer: ({ kind, words: [instance] }: Frame) => (kind === 'I' ? instance : undefined),
    });
    if (typeof found === 'string') return this.#subjects.dial(user);
    desk.station.hush(at);
    return this.#subjects.at(found.answer, user);
  }

  #tryMs({ deadlineMs, limitMs }: Call): number {
    const leftMs = deadlineMs - now();
    if (leftMs <= 0) throw dialTimeout(this.#name, limitMs, 'an answer of an instance');
    return Math.min(leftMs, TRY_MS);
  }

  #failed(why: string): Error {
    return new Error(`Cannot connect to ${this.#name}: ${why}`);
  }
}

interface Call {
  readonly deadlineMs: number;
  readonly limitMs: number;
  readonly signal: AbortSignalLike | undefined;
}
