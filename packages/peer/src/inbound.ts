import {
  CancelledError,
  ConnectionClosedError,
  InternalError,
  InvalidParamsError,
  InvalidRequestError,
  idText,
  LimitExceededError,
  type Message,
  mayHoldHints,
  RpcError,
} from '@bjsonrpc/protocol';
import { runIn } from './call-context.js';
import type { Connection } from './connection.js';
import { answerControl, isControl, isRelease, release } from './control.js';
import { InboundCall } from './inbound-call.js';
import { incomingChain } from './interceptors.js';
import { bindArguments } from './keywords.js';
import { namesIn } from './names-in.js';
import { isStream, Producer, type Stream } from './producer.js';
import { resolve } from './resolve.js';
import { Unsettled } from './values.js';

/** A message as it came, for what its parsed form does not tell. */
export interface Source {
  readonly text: string;
  /** The message's place, where the text is a batch. */
  readonly element: number | undefined;
}

/**
 * The calls of the other side. Calls begin in the order of their arrival and run concurrently from their first
 * await; every one with an id is answered exactly once, as long as the connection stands.
 */
export class Inbound {
  readonly #connection: Connection;
  /** Requests whose handlers have not settled, by id. */
  readonly #running = new Map<string, InboundCall>();
  /** Those and the notifications: what the cap counts. */
  readonly #active = new Set<InboundCall>();
  /** Calls above the cap, waiting for their turn. */
  #queue: InboundCall[] = [];
  /** Whether calls from the queue, or dependents, are being begun further up the stack. */
  #isBeginning = false;
  #ready: (() => void)[] = [];
  /** Streams that wait for credit from the other side: reading must go on for them. */
  #streams = 0;
  #whenIdle: (() => void)[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get size(): number {
    return this.#active.size + this.#queue.length;
  }
  /** Whether so many calls wait here that reading on makes little sense. */
  get isFlooded(): boolean {
    return this.#queue.length > this.#connection.limits.maxQueuedCalls / 2 && this.#streams === 0;
  }

  /** A message with a method has come. */
  receive(message: Message, source: Source): void {
    const { maxMethodLength, maxIdLength } = this.#connection.limits;
    const isRequest = message.id !== undefined && message.id !== null;
    let id: string | undefined;
    if (isRequest) {
      try {
        id = idText(message.id, maxIdLength, source.text, source.element);
      } catch (error) {
        this.#connection.sendFailure('null', error);
        return;
      }
    }
    const hinted = hasHints(message, source);
    const call = new InboundCall(this.#connection, message, { id, hinted });
    call.isPipelined = call.method[0] === '#' || (hinted && source.text.includes('"#'));
    if (call.method.length > maxMethodLength) {
      return this.#refuse(
        call,
        new InvalidRequestError(`A method's name may have ${maxMethodLength} characters`),
      );
    }
    if (id !== undefined && this.#running.size > 0 && this.#running.has(id)) {
      return this.#refuse(call, new InvalidRequestError(`A request with the id ${id} is running already`));
    }
    if (isControl(call, this.#connection)) return answerControl(call, this.#connection);
    this.#accept(call);
  }

  /** The caller of a running or waiting request does not want it any more. */
  cancel(id: string): void {
    const call = this.#running.get(id);
    if (call) return call.abort();
    const waiting = this.#queue.findIndex((queued) => queued.id === id);
    if (waiting === -1) return;
    const [queued] = this.#queue.splice(waiting, 1);
    if (queued) this.#refuse(queued, new CancelledError());
  }

  /** The caller of a pipe takes so many items more. */
  grant(id: string, credit: number): void {
    this.#running.get(id)?.producer?.grant(credit);
  }

  /** Resolves when no call is running or waiting. */
  idle(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** The connection has ended: handlers are told, and what they answer goes nowhere. */
  close(cause: Error | undefined): void {
    const reason = InboundCall.connectionClosed(cause);
    for (const call of [...this.#active]) {
      call.abort(reason);
      this.#forget(call);
    }
    this.#queue = [];
    this.#becomeIdle();
  }

  #accept(call: InboundCall): void {
    const { limits, isDraining } = this.#connection;
    if (isDraining && !isRelease(call))
      return this.#refuse(call, new ConnectionClosedError('The connection is closing'));
    if (this.#active.size < limits.maxRunningCalls && this.#queue.length === 0) return this.#begin(call);
    if (this.#queue.length >= limits.maxQueuedCalls) {
      const { maxRunningCalls, maxQueuedCalls } = limits;
      const why = `${maxRunningCalls} calls are running and ${maxQueuedCalls} waiting (maxRunningCalls, maxQueuedCalls)`;
      return this.#refuse(call, new LimitExceededError(why));
    }
    this.#queue.push(call);
    this.#connection.updateHold();
  }

  #begin(call: InboundCall): void {
    if (!call.isPipelined) return this.#run(call);
    const names = namesIn(call);
    const awaited = names.flatMap((name) =>
      name[0] === '#' ? (this.#running.get(name.slice(1)) ?? []) : [],
    );
    if (awaited.length === 0) return this.#run(call);
    // What else the arguments name must still be there when the wait is over.
    const unpin = this.#connection.exports.pin(names);
    this.#activate(call);
    let left = awaited.length;
    for (const other of awaited) {
      other.dependents ??= [];
      other.dependents.push(() => {
        if (--left > 0) return;
        if (this.#active.has(call)) this.#run(call);
        unpin();
      });
    }
  }

  #run(call: InboundCall): void {
    if (call.abortReason) return this.#fail(call, call.abortReason);
    if (isRelease(call)) return this.#release(call);
    let outcome: unknown;
    try {
      outcome = runIn(call, () => this.#invoke(call));
    } catch (error) {
      return this.#fail(call, error);
    }
    if (isThenable(outcome)) {
      this.#activate(call);
      outcome.then(
        (value) => this.#succeed(call, value),
        (error: unknown) => this.#fail(call, error),
      );
    } else this.#succeed(call, outcome);
  }

  /** However often it comes and whatever it names, a release does no harm; with an id it is answered. */
  #release(call: InboundCall): void {
    release(call, this.#connection);
    if (call.id !== undefined) this.#connection.send(this.#connection.profile.result(call.id, 'null'));
    this.#end(call);
  }

  /** @throws what the method throws, or what keeps it from being called */
  #invoke(call: InboundCall): unknown {
    const { owner, method } = resolve(this.#connection, call.method);
    call.handler = owner;
    this.#decodeArguments(call);
    call.args = bindArguments(call.args, call.keywords, method);
    const run = (): unknown => Reflect.apply(method.fn, owner, call.args);
    const { incoming } = this.#connection.options;
    return incoming.length === 0 ? run() : incomingChain(incoming, call, run);
  }

  #decodeArguments(call: InboundCall): void {
    let { params, kwparams } = call;
    if (call.hinted) {
      const { value, arrived } = this.#connection.values.decode([params, kwparams]);
      [params, kwparams] = value as [unknown, unknown];
      call.arrived = arrived;
    }
    if (params === undefined || Array.isArray(params)) {
      if (params !== undefined) call.args = params as readonly unknown[];
      if (kwparams !== undefined) call.keywords = keywordsIn('kwparams', kwparams);
    } else call.keywords = keywordsIn('params', params); // and kwparams beside them count for nothing
  }

  #succeed(call: InboundCall, value: unknown): void {
    const { far, options } = this.#connection;
    const byReference =
      options.extensions && far.can('streams') && !call.wantsStream && call.id !== undefined;
    if (!byReference && isStream(value)) return this.#stream(call, value);
    if (call.id === undefined || !this.#connection.isAlive) return this.#end(call);
    try {
      this.#answer(call, value);
    } catch (error) {
      if (error instanceof Unsettled) {
        this.#activate(call);
        error.request.whenSettled(() => this.#succeed(call, value));
        return;
      }
      return this.#fail(call, error);
    }
    this.#end(call);
  }

  #answer(call: InboundCall, value: unknown): void {
    const { values, profile, exports } = this.#connection;
    const id = call.id as string;
    const text = values.encoding(undefined, () => {
      const result = value === undefined ? 'null' : values.encode(value, 'result');
      if (result.startsWith('{"__remoteobject__"')) exports.alias(id);
      // One item is all that a pipe on such a method gives.
      return call.wantsStream ? profile.item(id, result, true) : profile.result(id, result);
    });
    this.#connection.send(text);
    if (call.wantsStream) this.#connection.send(profile.item(id, 'null', false));
  }

  #fail(call: InboundCall, error: unknown): void {
    const told = this.#told(call, error);
    if (call.id !== undefined && this.#connection.isAlive) this.#connection.sendFailure(call.id, told);
    this.#end(call);
  }

  /** What the caller hears of an error, and whom else it concerns. */
  #told(call: InboundCall, error: unknown): unknown {
    const { maskErrors, onError, random } = this.#connection.options;
    if (call.abortReason && (error as Error | undefined)?.name === 'AbortError') return call.abortReason;
    if (call.id === undefined) this.#connection.guard(() => onError(error, { method: call.method }));
    if (!maskErrors || error instanceof RpcError) return error;
    const errorId = random().toString(36).slice(2, 12);
    this.#connection.guard(() => onError(error, { method: call.method, errorId }));
    return new InternalError(`Internal error ${errorId}`, { data: { errorId } });
  }

  #stream(call: InboundCall, stream: Stream): void {
    this.#activate(call);
    const counted = call.wantsStream;
    let items = 0;
    const { profile, values } = this.#connection;
    const write = (value: unknown, more: boolean): Promise<void> | undefined => {
      if (call.id === undefined || !this.#connection.isAlive) return undefined;
      const { id } = call;
      const text = values.encoding(undefined, () => {
        const result = value === undefined ? 'null' : values.encode(value, 'result');
        return counted ? profile.item(id, result, more) : profile.result(id, result);
      });
      return this.#connection.send(text);
    };
    const { clock } = this.#connection.options;
    const producer = new Producer(stream, call.streamCredit, {
      breathe: () => new Promise((resolve) => clock.setTimeout(resolve, 0)),
      item: (value) => {
        items++;
        return write(value, true);
      },
      end: (value) => {
        // To an old caller nothing marks the end; but a request is answered, be there no item at all.
        if (counted || items === 0) write(counted ? value : null, false);
        this.#endStream(call);
      },
      fail: (error) => {
        this.#streams--;
        this.#fail(call, error);
      },
    });
    call.producer = producer;
    this.#streams++;
    if (call.abortReason) producer.cancel();
    void producer.run();
  }

  #endStream(call: InboundCall): void {
    this.#streams--;
    this.#end(call);
  }

  #activate(call: InboundCall): void {
    this.#active.add(call);
    if (call.id !== undefined) this.#running.set(call.id, call);
  }

  #refuse(call: InboundCall, error: Error): void {
    if (call.id !== undefined) this.#connection.sendFailure(call.id, error);
  }

  #end(call: InboundCall): void {
    this.#forget(call);
    if (call.dependents) this.#ready.push(...call.dependents);
    // Not from within itself: a long chain of calls must not become a deep stack.
    if ((this.#ready.length > 0 || this.#queue.length > 0) && !this.#isBeginning) this.#beginNext();
    if (this.#whenIdle.length > 0 && this.size === 0) this.#becomeIdle();
  }

  #forget(call: InboundCall): void {
    if (this.#active.delete(call) && call.id !== undefined) this.#running.delete(call.id);
    call.dispose();
    for (const reference of call.arrived ?? []) reference.unhold();
    call.arrived = undefined;
  }

  #beginNext(): void {
    this.#isBeginning = true;
    for (let run = this.#ready.shift(); run; run = this.#ready.shift()) run();
    while (this.#active.size < this.#connection.limits.maxRunningCalls) {
      const next = this.#queue.shift();
      if (!next) break;
      this.#begin(next);
      for (let run = this.#ready.shift(); run; run = this.#ready.shift()) run();
    }
    this.#isBeginning = false;
    this.#connection.updateHold();
  }

  #becomeIdle(): void {
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}

function hasHints({ params, kwparams }: Message, { text }: Source): boolean {
  return (params !== undefined || kwparams !== undefined) && mayHoldHints(text);
}

function keywordsIn(where: string, value: unknown): InboundCall['keywords'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidParamsError(`Invalid ${where}: an array or an object is expected`);
  }
  const proto: unknown = Object.getPrototypeOf(value);
  if (proto !== Object.prototype)
    throw new InvalidParamsError(`Invalid ${where}: keyword arguments are plain data`);
  return Object.keys(value).length > 0 ? (value as { readonly [name: string]: unknown }) : undefined;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
