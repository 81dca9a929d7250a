import {
  type BatchAnswer,
  CancelledError,
  type Dialect,
  type Message,
  TimeoutError,
} from '@bjsonrpc/protocol';
import { guardListeners } from '../basics/abort.js';
import { context } from '../basics/brands.js';
import type { Clock } from '../basics/clock.js';
import { CALL_BYTES } from '../basics/memory.js';
import { weightOf } from '../basics/weight.js';
import type { Peer } from '../contract/peer.js';
import type { Principal, RunningCall } from '../publishing/call-context.js';
import type { IncomingCall as InterceptedCall } from '../publishing/incoming-interceptor.js';
import type { Arrived } from '../values/values.js';
import type { Recipient } from '../wire/recipient.js';
import { releasedName } from './controls.js';
import { type ProgressRequest, progressRequest } from './progress.js';

/** More values are in no message, by default. */
const MAX_VALUES = 2 ** 20;

/** What all calls of one connection have in common. */
export interface Surroundings {
  readonly clock: Clock;
  readonly peer: Peer;
  readonly info: { readonly principal?: unknown };
  /** Runs what an application gave us. */
  guard(run: () => unknown): unknown;
  /** Whether extensions are spoken on this side: else members that only they know are ignored. */
  readonly isExtended: boolean;
  readonly far: { takesHints(dialect: Dialect): boolean };
  readonly answers: { progress(to: Recipient, request: ProgressRequest, value: unknown): void };
}

/** How a call came. */
export type Arrival = Pick<Recipient, 'dialect' | 'batch'>;

/** The items of a call's stream, on their way to its caller. */
export interface Stoppable {
  grant(credit: number): void;
  cancel(): void;
}

/** One call of the other side, from its arrival to its answer. */
export class IncomingCall implements RunningCall, InterceptedCall, Recipient {
  readonly #surroundings: Surroundings;
  #message: Message;
  /** The id as JSON text; undefined for a notification. */
  readonly id: string | undefined;
  readonly dialect: Dialect;
  readonly batch: BatchAnswer | undefined;
  readonly method: string;
  /** Whether it may refer to objects, and be answered with some: else all is plain JSON. */
  readonly takesHints: boolean;
  /** Whether its message may hold hints. */
  hinted = false;
  /** Whether it was cancelled in a dialect in which nothing is said after that. */
  isSilent = false;
  #isOver = false;
  /** From when on its answer is not taken for the end of its progress, on the clock; 0: at once. */
  #answerableAt = 0;
  /** Whether it names the result of an earlier request (section 9). */
  isPipelined = false;
  /** Bytes that it keeps when it goes on after its turn, or waits for it; once it has been weighed ... */
  #weight = 0;
  /** ... which it does. */
  isKept = false;
  readonly deadline: number | undefined;
  /** The same on the clock, which does not jump. */
  readonly dueAt: number | undefined;
  args: readonly unknown[] = [];
  keywords: { readonly [name: string]: unknown } | undefined;
  /** References that its arguments brought: held until it settles. */
  arrived: readonly Arrived[] | undefined;
  /** Gives its items, if its method gave a stream. */
  producer: Stoppable | undefined;
  /** Calls that wait for its result (section 9), in order. */
  dependents: (() => void)[] | undefined;
  #controller: AbortController | undefined;
  #aborted: Error | undefined;
  #timer: unknown;

  constructor(
    surroundings: Surroundings,
    message: Message,
    id: string | undefined,
    { dialect, batch }: Arrival,
  ) {
    this.#surroundings = surroundings;
    this.#message = message;
    this.id = id;
    this.dialect = dialect;
    this.batch = batch;
    this.method = message.method as string;
    this.takesHints = surroundings.far.takesHints(dialect);
    const { timeout } = message;
    if (timeout === undefined || typeof timeout !== 'number' || !this.#isExtended) return;
    this.deadline = Date.now() + timeout;
    this.dueAt = surroundings.clock.now() + timeout;
  }

  get kind(): 'request' | 'notification' {
    return this.id === undefined ? 'notification' : 'request';
  }
  get peer(): Peer {
    return this.#surroundings.peer;
  }
  get principal(): Principal {
    return this.#surroundings.info.principal as Principal;
  }
  get traceparent(): string | undefined {
    return matching(this.#message.traceparent, TRACEPARENT);
  }
  get tracestate(): string | undefined {
    return this.traceparent && matching(this.#message.tracestate, TRACESTATE);
  }

  get params(): unknown {
    return this.#message.params;
  }
  get kwparams(): unknown {
    return this.#message.kwparams;
  }

  /** The name that it lets go of, if it is a release: such a call is carried out whatever else is refused. */
  get released(): string | undefined {
    return this.takesHints ? releasedName(this.method) : undefined;
  }

  /** Whether members that only the extensions know mean anything. */
  get #isExtended(): boolean {
    return this.#surroundings.isExtended && this.takesHints;
  }

  /** How many items the caller of a pipe takes; undefined: it did not pipe, or cannot count. */
  get streamCredit(): number | undefined {
    const { stream } = this.#message;
    if (stream === undefined || this.id === undefined || !this.#isExtended) return undefined;
    return Number.isSafeInteger(stream) && (stream as number) >= 0 ? (stream as number) : undefined;
  }
  get wantsStream(): boolean {
    return this.streamCredit !== undefined;
  }

  /** What it keeps if it lasts, in bytes. What its message holds besides is forgotten. */
  weigh(): number {
    if (this.#weight > 0) return this.#weight;
    const { traceparent, tracestate, streamCredit } = this;
    const { params, kwparams, progress } = this.#message;
    this.#message = {
      params,
      kwparams,
      traceparent,
      tracestate,
      stream: streamCredit,
      progress: progress === true,
    };
    // By now the method may have got them, and have tied them into knots.
    this.#weight = CALL_BYTES + weightOf(params, MAX_VALUES) + weightOf(kwparams, MAX_VALUES);
    return this.#weight;
  }

  /** Made when it is first asked for: most methods never do. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      guardListeners(this.#controller.signal, (run) => this.#surroundings.guard(run));
      if (this.#aborted) this.#controller.abort(this.#aborted);
      else this.#armDeadline();
    }
    return this.#controller.signal;
  }

  get abortReason(): Error | undefined {
    return this.#aborted;
  }

  /** There will be no answer. */
  silence(): void {
    if (!this.isSilent) this.batch?.forgo();
    this.isSilent = true;
  }

  /** The caller does not want it any more, or cannot be told. */
  abort(reason: Error = new CancelledError('The caller cancelled')): void {
    if (this.#aborted) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
    this.producer?.cancel();
  }

  /** A function of its own: a method takes it out of its context, and keeps it. */
  get progress(): (value: unknown) => void {
    return (value) => this.#sayProgress(value);
  }

  #sayProgress(value: unknown): void {
    if (this.#isOver || this.id === undefined) return;
    const { answers, clock } = this.#surroundings;
    const request = progressRequest(this.#message, this.id, {
      dialect: this.dialect,
      isExtended: this.#isExtended,
    });
    if (!request) return;
    answers.progress(this, request, value);
    const { leadMs = 0 } = request.form ?? {};
    if (leadMs > 0) this.#answerableAt = clock.now() + leadMs;
  }

  /** For how long its answer has to wait, in milliseconds. If that is any time, no more is said of its progress. */
  endProgress(): number {
    const left = this.#answerableAt === 0 ? 0 : this.#answerableAt - this.#surroundings.clock.now();
    if (left > 0) this.#isOver = true;
    return left;
  }

  /** Whether it may be waiting for a control message of the other side. */
  get isListening(): boolean {
    return this.#controller !== undefined || this.producer !== undefined;
  }

  /** Over: nothing fires any more, and what it brought is let go of. */
  dispose(): void {
    this.#isOver = true;
    if (this.#timer !== undefined) this.#surroundings.clock.clearTimeout(this.#timer);
    if (!this.arrived) return;
    for (const reference of this.arrived) reference.unhold();
    this.arrived = undefined;
  }

  #armDeadline(): void {
    if (this.dueAt === undefined) return;
    const { clock } = this.#surroundings;
    const left = Math.max(0, this.dueAt - clock.now());
    this.#timer = clock.setTimeout(() => this.abort(new TimeoutError('The deadline has passed')), left);
  }
}

Object.defineProperty(IncomingCall.prototype, context, {
  get(this: IncomingCall): IncomingCall {
    return this;
  },
});

/** As W3C Trace Context has them: what is passed on to others is of that form, and not for ever so long. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
const TRACESTATE = /^[ -~]{1,512}$/;

function matching(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) ? value : undefined;
}
