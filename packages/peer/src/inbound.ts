import {
  CancelledError,
  ConnectionClosedError,
  InvalidRequestError,
  idText,
  LimitExceededError,
  type Message,
  mayHoldHints,
  ShortMessage,
} from '@bjsonrpc/protocol';
import type { Connection } from './connection.js';
import { answerControl, isControl, isRelease } from './control.js';
import { InboundCall } from './inbound-call.js';
import { namesIn } from './names-in.js';
import { Runner } from './runner.js';
import type { Source } from './source.js';

/**
 * Which call of the other side runs when. Calls begin in the order of their arrival and run concurrently from
 * their first await; those above the cap wait, and so do those that build on one that is still running.
 */
export class Inbound {
  readonly #connection: Connection;
  readonly #runner: Runner;
  /** Requests that run or wait, by id. */
  readonly #byId = new Map<string, InboundCall>();
  /** Calls that run, notifications too: what the cap counts. */
  readonly #active = new Set<InboundCall>();
  /** Calls above the cap, waiting for their turn. */
  readonly #queue = new Set<InboundCall>();
  /** Calls whose turn has come since those they depend on have settled. */
  #ready: (() => void)[] = [];
  /** Whether calls from either list are being begun further up the stack. */
  #isBeginning = false;
  #whenIdle: (() => void)[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#runner = new Runner(connection, this);
  }

  get size(): number {
    return this.#active.size + this.#queue.size;
  }

  /** Whether so many calls wait here that reading on makes little sense. */
  get isFlooded(): boolean {
    return this.#queue.size > this.#connection.limits.maxQueuedCalls / 2 && !this.#isListening();
  }

  /** A message with a method has come. `tooDeep`: its values are not to be looked at. */
  receive(message: Message, source: Source, tooDeep: Error | undefined): void {
    const { maxMethodLength, maxIdLength } = this.#connection.limits;
    let id: string | undefined;
    if (message.id !== undefined && message.id !== null) {
      try {
        id =
          message instanceof ShortMessage
            ? message.idText
            : idText(message.id, maxIdLength, () => source.spelledId(message));
      } catch (error) {
        return this.#connection.refuse('null', error);
      }
    }
    const hinted = hasHints(message, source);
    const call = new InboundCall(this.#connection, message, { id, hinted });
    call.isPipelined = call.method[0] === '#' || (hinted && source.text.includes('"#'));
    if (tooDeep) return this.refuse(call, tooDeep);
    if (call.method.length > maxMethodLength) {
      const why = `A method's name may have ${maxMethodLength} characters (maxMethodLength)`;
      return this.refuse(call, new InvalidRequestError(why));
    }
    if (id !== undefined && this.#byId.size > 0 && this.#byId.has(id)) {
      return this.refuse(call, new InvalidRequestError(`A request with the id ${id} is running already`));
    }
    if (isControl(call, this.#connection)) return answerControl(call, this.#connection);
    this.#accept(call);
  }

  /** The caller of a request does not want it any more. */
  cancel(id: string): void {
    const call = this.#byId.get(id);
    if (!call) return;
    if (this.#active.has(call)) return call.abort();
    this.#queue.delete(call);
    this.#byId.delete(id);
    this.refuse(call, new CancelledError());
  }

  /** The caller of a pipe takes so many items more. */
  grant(id: string, credit: number): void {
    this.#byId.get(id)?.producer?.grant(credit);
  }

  /** Resolves when no call is running or waiting. */
  idle(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** The connection has ended: handlers are told, and what they answer goes nowhere. */
  close(cause: Error | undefined): void {
    const reason = InboundCall.connectionClosed(cause);
    this.#queue.clear();
    this.#byId.clear();
    for (const call of [...this.#active]) {
      call.abort(reason);
      this.#forget(call);
    }
    this.#becomeIdle();
  }

  /** The call goes on after this turn. */
  activate(call: InboundCall): void {
    this.#active.add(call);
    if (call.id !== undefined) this.#byId.set(call.id, call);
  }

  isActive(call: InboundCall): boolean {
    return this.#active.has(call);
  }

  /** The call has settled. */
  end(call: InboundCall): void {
    this.#forget(call);
    if (call.dependents) this.#ready.push(...call.dependents);
    // Not from within itself: a long chain of calls must not become a deep stack.
    if ((this.#ready.length > 0 || this.#queue.size > 0) && !this.#isBeginning) this.#beginNext();
    if (this.#whenIdle.length > 0 && this.size === 0) this.#becomeIdle();
  }

  /** The call is not even begun. What its arguments refer to is given back. */
  refuse(call: InboundCall, error: Error): void {
    call.giveBack();
    if (call.id !== undefined) this.#connection.sendFailure(call.id, error);
  }

  #accept(call: InboundCall): void {
    const { limits, isDraining } = this.#connection;
    if (isDraining && !isRelease(call)) {
      return this.refuse(call, new ConnectionClosedError('The connection is closing'));
    }
    if (this.#active.size < limits.maxRunningCalls && this.#queue.size === 0) return this.#begin(call);
    if (this.#queue.size >= limits.maxQueuedCalls) {
      const { maxRunningCalls, maxQueuedCalls } = limits;
      const why = `${maxRunningCalls} calls run and ${maxQueuedCalls} wait (maxRunningCalls, maxQueuedCalls)`;
      return this.refuse(call, new LimitExceededError(why));
    }
    this.#queue.add(call);
    if (call.id !== undefined) this.#byId.set(call.id, call);
    this.#connection.flow.update();
  }

  #begin(call: InboundCall): void {
    if (call.isPipelined) this.#awaitDependencies(call);
    else this.#runner.run(call);
  }

  #awaitDependencies(call: InboundCall): void {
    const names = namesIn(call);
    const awaited = new Set(
      names.flatMap((name) => (name[0] === '#' ? (this.#byId.get(name.slice(1)) ?? []) : [])),
    );
    awaited.delete(call); // a call cannot wait for itself
    if (awaited.size === 0) return this.#runner.run(call);
    // What else the arguments name must still be there when the wait is over.
    const unpin = this.#connection.exports.pin(names);
    this.activate(call);
    let left = awaited.size;
    for (const other of awaited) {
      other.dependents ??= [];
      other.dependents.push(() => {
        if (--left > 0) return;
        if (this.#active.has(call)) this.#runner.run(call);
        unpin();
      });
    }
  }

  /** Whether a running call may be waiting for a message: for credit, or to be told that it is cancelled. */
  #isListening(): boolean {
    for (const call of this.#active) if (call.isListening) return true;
    return false;
  }

  #forget(call: InboundCall): void {
    // Most calls were never active: they settled in the turn in which they came.
    if (this.#active.size > 0 && this.#active.delete(call) && call.id !== undefined)
      this.#byId.delete(call.id);
    call.dispose();
  }

  #beginNext(): void {
    this.#isBeginning = true;
    this.#runReady();
    for (const next of this.#queue) {
      if (this.#active.size >= this.#connection.limits.maxRunningCalls) break;
      this.#queue.delete(next);
      if (next.id !== undefined) this.#byId.delete(next.id);
      this.#begin(next);
      this.#runReady();
    }
    this.#isBeginning = false;
    this.#connection.flow.update();
  }

  #runReady(): void {
    for (let run = this.#ready.shift(); run; run = this.#ready.shift()) run();
  }

  #becomeIdle(): void {
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}

function hasHints({ params, kwparams }: Message, { text }: Source): boolean {
  const plain = params === undefined || (Array.isArray(params) && params.every(isPrimitive));
  return !(plain && kwparams === undefined) && mayHoldHints(text);
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
