import {
  CancelledError,
  CLOSING,
  ConnectionClosedError,
  type Dialect,
  Gate,
  InvalidRequestError,
  LimitExceededError,
  type Limits,
  type Message,
} from '@bjsonrpc/protocol';
import { soon } from '../basics/clock.js';
import { CALL_BYTES } from '../basics/memory.js';
import type { Reporter } from '../basics/reporter.js';
import type { Source } from '../wire/source.js';
import type { Answers } from './answers.js';
import { type Controlled, type Controls, controlsOf, runControl } from './controls.js';
import { afterAll, callsNamed } from './dependencies.js';
import { hasHints } from './has-hints.js';
import { IncomingCall, type Surroundings } from './incoming-call.js';
import { namesIn } from './names-in.js';
import { Refusals } from './refusals.js';

/** A message takes so many times its length at most. Most calls are over before it matters: only others are weighed. */
const MOST_WEIGHT = 24;

/** What the calls of the other side work with. */
export interface IncomingParts extends Surroundings {
  readonly limits: Limits;
  readonly dialect: Dialect;
  readonly far: Surroundings['far'] & { readonly hasGreeted: boolean };
  readonly outlet: { control(method: string, params: unknown): void };
  readonly answers: Pick<Answers, 'value' | 'failure' | 'progress'>;
  readonly runner: { run(call: IncomingCall): void };
  readonly exports: { pin(names: readonly string[]): () => void };
  readonly imports: { giveBack(value: unknown): void };
  readonly flow: { update(): void };
  readonly memory: {
    hasRoom(bytes: number): boolean;
    /** @throws LimitExceededError */
    assertRoom(bytes: number): void;
    keep(bytes: number): void;
    give(bytes: number): void;
  };
  readonly reporter: Pick<Reporter, 'report'>;
  /** Calls of this side that wait for an answer of the other. */
  readonly pending: { readonly size: number };
  /** Carries control messages out. */
  readonly life: Controlled;
}

/**
 * Which call of the other side runs when. Calls begin in the order of their arrival and run concurrently from
 * their first await; those above the cap wait, and so do those that build on one that is still running.
 */
export class Incoming {
  readonly #parts: IncomingParts;
  readonly #controls: Controls;
  /** Requests that run or wait, by id. */
  readonly #byId = new Map<string, IncomingCall>();
  /** Calls that run, notifications too: what the cap counts. */
  readonly #active = new Set<IncomingCall>();
  /** Calls above the cap, waiting for their turn. */
  readonly #queue = new Set<IncomingCall>();
  /** Calls whose turn has come since those they depend on have settled. */
  #ready: (() => void)[] = [];
  /** Whether calls from either list are being begun further up the stack. */
  #isBeginning = false;
  /** Calls in the synchronous part of their method: they count as running before they are active. */
  #synchronous = 0;
  #isDraining = false;
  /** Open when none is running or waiting. */
  readonly #idle = new Gate();
  readonly #refusals: Refusals;

  constructor(parts: IncomingParts) {
    this.#parts = parts;
    this.#controls = controlsOf(parts.dialect, parts.isExtended);
    this.#refusals = new Refusals(parts);
  }

  /** Notifications that were refused. */
  get refused(): number {
    return this.#refusals.count;
  }

  get size(): number {
    return this.#active.size + this.#queue.size;
  }

  /** Whether so many calls wait here that reading on makes little sense. */
  get isFlooded(): boolean {
    return this.#queue.size > this.#parts.limits.maxQueuedCalls / 2 && !this.#isListening();
  }

  /** A message with a method has come; `id` is its own, as JSON text. */
  receive(message: Message, id: string | undefined, source: Source): void {
    const { limits, dialect, life, answers } = this.#parts;
    const { maxMethodLength } = limits;
    const call = new IncomingCall(this.#parts, message, id, source);
    if (call.takesHints) {
      call.hinted = hasHints(message, source);
      call.isPipelined = call.method[0] === '#' || (call.hinted && source.mayNameResults);
    }
    if (source.refusal) return this.#refuse(call, source.refusal);
    if (call.method.length > maxMethodLength) {
      const why = `A method's name may have ${maxMethodLength} characters (maxMethodLength)`;
      return this.#refuse(call, new InvalidRequestError(why));
    }
    if (id !== undefined && this.#byId.size > 0 && this.#byId.has(id) && id !== 'null') {
      return this.#refuse(call, new InvalidRequestError(`A request with the id ${id} is running already`));
    }
    const control = call.dialect === dialect ? this.#controls(call.method) : undefined;
    if (control && runControl(control, { call, text: source.text }, { life, answers })) return;
    if (!this.#parts.memory.hasRoom(CALL_BYTES + MOST_WEIGHT * source.length)) {
      try {
        this.#parts.memory.assertRoom(call.weigh());
      } catch (error) {
        if (call.released === undefined) return this.#refuse(call, error as Error);
      }
    }
    this.#accept(call);
  }

  /** The caller of a request does not want it any more. */
  cancel(id: string, reason?: string): void {
    const call = this.#byId.get(id);
    if (!call) return;
    const error = reason === undefined ? undefined : new CancelledError(`The caller cancelled: ${reason}`);
    if (this.#parts.dialect.cancel?.isAnswered === false) call.silence();
    if (this.#active.has(call)) return call.abort(error);
    this.#queue.delete(call);
    this.#byId.delete(id);
    this.#refuse(call, error ?? new CancelledError());
  }

  /** The caller of a pipe takes so many items more. */
  grant(id: string, credit: number): void {
    this.#byId.get(id)?.producer?.grant(credit);
  }

  /** Something that keeps calls from running has changed. */
  makeRoom(): void {
    if (this.#queue.size === 0 || this.#isBeginning) return;
    // Not in the midst of whatever the program does.
    soon(() => {
      if (!this.#isBeginning) this.#beginNext();
    });
  }

  /** Take no new calls. Resolves when none is running or waiting. */
  drain(): Promise<void> {
    this.#isDraining = true;
    return this.#isIdle ? Promise.resolve() : this.#idle.wait();
  }

  /** The connection has ended: handlers are told, and what they answer goes nowhere. */
  close(cause: Error | undefined): void {
    const reason = new ConnectionClosedError('The connection to the caller is closed', { cause });
    this.#queue.clear();
    this.#byId.clear();
    for (const call of [...this.#active]) {
      call.abort(reason);
      this.#forget(call);
    }
    this.#idle.open();
  }

  activate(call: IncomingCall): void {
    this.#active.add(call);
    this.#keep(call);
  }

  end(call: IncomingCall): void {
    this.#forget(call);
    for (const run of call.dependents ?? []) this.#ready.push(run);
    // Not from within itself: a long chain of calls must not become a deep stack.
    if ((this.#ready.length > 0 || this.#queue.size > 0) && !this.#isBeginning) this.#beginNext();
    if (this.#isDraining && this.#isIdle) this.#idle.open();
  }

  /** The call is not even begun. What its arguments refer to is given back. */
  #refuse(call: IncomingCall, error: Error): void {
    const { imports, answers, reporter } = this.#parts;
    this.#letGo(call);
    if (call.hinted) imports.giveBack([call.params, call.kwparams]);
    if (call.id === undefined && !call.method.startsWith('$/')) {
      reporter.report(error, { method: call.method });
      this.#refusals.add(error);
    }
    answers.failure(call, error);
  }

  #accept(call: IncomingCall): void {
    const { maxRunningCalls, maxQueuedCalls } = this.#parts.limits;
    if (this.#isDraining && call.released === undefined) {
      const why = 'The connection is closing: the call did not run';
      return this.#refuse(call, new ConnectionClosedError(why, { code: CLOSING }));
    }
    if (this.#hasRoom && this.#queue.size === 0) return this.#begin(call);
    if (this.#queue.size >= maxQueuedCalls) {
      const why = `${maxRunningCalls} calls run and ${maxQueuedCalls} wait (maxRunningCalls, maxQueuedCalls)`;
      return this.#refuse(call, new LimitExceededError(why));
    }
    this.#queue.add(call);
    this.#keep(call);
    this.#parts.flow.update();
  }

  #begin(call: IncomingCall): void {
    if (call.isPipelined) this.#awaitDependencies(call);
    else this.#run(call);
  }

  #run(call: IncomingCall): void {
    this.#synchronous++;
    this.#parts.runner.run(call);
    this.#synchronous--;
    if (this.#isDraining && this.#isIdle) this.#idle.open();
  }

  get #isIdle(): boolean {
    return this.size === 0 && this.#synchronous === 0;
  }

  /**
   * Whether one more call may run. Those that wait for an answer of the other side keep nobody from running: what they wait
   * for may itself be calling this side. As many may wait as calls of this side are unanswered.
   */
  get #hasRoom(): boolean {
    const { limits, pending } = this.#parts;
    return this.#active.size - pending.size < limits.maxRunningCalls;
  }

  #awaitDependencies(call: IncomingCall): void {
    const names = namesIn(call);
    const awaited = callsNamed(names, this.#byId);
    awaited.delete(call); // a call cannot wait for itself
    if (awaited.size === 0) return this.#run(call);
    // What else the arguments name must still be there when the wait is over.
    const unpin = this.#parts.exports.pin(names);
    this.activate(call);
    afterAll(awaited, () => {
      if (this.#active.has(call)) this.#run(call);
      unpin();
    });
  }

  /** Whether a running call may be waiting for a message: for credit, or to be told that it is cancelled. */
  #isListening(): boolean {
    for (const call of this.#active) if (call.isListening) return true;
    return false;
  }

  #forget(call: IncomingCall): void {
    // Most calls were never active: they settled in the turn in which they came.
    if (this.#active.size > 0 && this.#active.delete(call) && call.id !== undefined)
      this.#byId.delete(call.id);
    this.#letGo(call);
    call.dispose();
  }

  /** It goes on after its turn, or waits for it: it can be found, and counts. */
  #keep(call: IncomingCall): void {
    if (call.id !== undefined) this.#byId.set(call.id, call);
    if (call.isKept) return;
    call.isKept = true;
    this.#parts.memory.keep(call.weigh());
  }

  #letGo(call: IncomingCall): void {
    if (!call.isKept) return;
    call.isKept = false;
    this.#parts.memory.give(call.weigh());
  }

  #beginNext(): void {
    this.#isBeginning = true;
    this.#runReady();
    for (const next of this.#queue) {
      if (!this.#hasRoom) break;
      this.#queue.delete(next);
      if (next.id !== undefined) this.#byId.delete(next.id);
      this.#begin(next);
      this.#runReady();
    }
    this.#isBeginning = false;
    this.#parts.flow.update();
  }

  #runReady(): void {
    for (let run = this.#ready.shift(); run; run = this.#ready.shift()) run();
  }
}
