import { CancelledError, InternalError, InvalidParamsError, RemoteError, RpcError } from '@bjsonrpc/protocol';
import { enter, leave } from './call-context.js';
import type { Connection } from './connection.js';
import { isRelease, release } from './control.js';
import type { Inbound } from './inbound.js';
import type { InboundCall } from './inbound-call.js';
import { incomingChain } from './interceptors.js';
import { abandon, isStream, Producer, type Stream } from './producer.js';
import type { Method, MethodOwner } from './publish.js';
import { resolve } from './resolve.js';
import { Unsettled } from './values.js';

/**
 * Runs calls of the other side whose turn has come, and answers them: every one with an id exactly once, whatever
 * its method returns or throws, as long as the connection stands.
 */
export class Runner {
  readonly #connection: Connection;
  readonly #inbound: Inbound;

  constructor(connection: Connection, inbound: Inbound) {
    this.#connection = connection;
    this.#inbound = inbound;
  }

  run(call: InboundCall): void {
    if (call.abortReason) return this.#fail(call, call.abortReason);
    if (isRelease(call)) return this.#release(call);
    let outcome: unknown;
    let isLater: boolean;
    try {
      outcome = this.#invoke(call);
      isLater = isThenable(outcome);
    } catch (error) {
      return this.#fail(call, error);
    }
    if (!isLater) return this.#succeed(call, outcome);
    this.#inbound.activate(call);
    // A promise of the language is taken as it is; a foreign one is made to settle once and to throw nothing.
    Promise.resolve(outcome).then(
      (value) => this.#succeed(call, value),
      (error: unknown) => this.#fail(call, error),
    );
  }

  /** However often it comes and whatever it names, a release does no harm; with an id it is answered. */
  #release(call: InboundCall): void {
    release(call, this.#connection);
    if (call.id !== undefined) this.#connection.answer(this.#connection.profile.result(call.id, 'null'));
    this.#inbound.end(call);
  }

  /** @throws what the method throws, or what keeps it from being called */
  #invoke(call: InboundCall): unknown {
    const { owner, method } = resolve(this.#connection, call.method);
    call.handler = owner;
    this.#decodeArguments(call);
    if (call.keywords) call.args = method.bind?.(call.args, call.keywords) ?? [...call.args, call.keywords];
    const { incoming } = this.#connection.options;
    if (incoming.length === 0) return apply(call, owner, method);
    return incomingChain(incoming, call, () => apply(call, owner, method));
  }

  #decodeArguments(call: InboundCall): void {
    let { params, kwparams } = call;
    if (call.hinted) {
      const { value, arrived } = this.#connection.values.decode([params, kwparams]);
      [params, kwparams] = value as [unknown, unknown];
      call.arrived = arrived;
    }
    if (Array.isArray(params)) call.args = params as readonly unknown[];
    else if (params !== undefined) {
      call.keywords = keywordsIn('params', params); // and kwparams beside them count for nothing
      return;
    }
    if (kwparams !== undefined) call.keywords = keywordsIn('kwparams', kwparams);
  }

  #succeed(call: InboundCall, value: unknown): void {
    try {
      this.#answer(call, value);
    } catch (error) {
      if (!(error instanceof Unsettled)) return this.#fail(call, error);
      this.#inbound.activate(call);
      error.request.whenSettled(() => this.#succeed(call, value));
    }
  }

  /** @throws what makes the value unsendable */
  #answer(call: InboundCall, value: unknown): void {
    const { values, profile, exports, far, isAlive } = this.#connection;
    const { id } = call;
    const plain = value === undefined ? 'null' : values.encodePlain(value);
    if (plain === undefined && isStream(value)) {
      if (id === undefined) this.#connection.guard(() => abandon(value));
      else if (call.wantsStream || !far.can('streams')) return this.#stream(call, value);
    }
    if (id !== undefined && isAlive) {
      if (plain !== undefined && !call.wantsStream) {
        this.#connection.answer(values.assertFits(profile.result(id, plain)));
      } else {
        const text = values.encoding(undefined, () => {
          const result = plain ?? values.encode(value, 'result');
          if (result.startsWith('{"__remoteobject__"')) exports.alias(id);
          // One item is all that a pipe on such a method gives.
          return call.wantsStream ? profile.item(id, result, true) : profile.result(id, result);
        });
        this.#connection.answer(text);
        if (call.wantsStream) this.#connection.answer(profile.item(id, 'null', false));
      }
    }
    this.#inbound.end(call);
  }

  #fail(call: InboundCall, error: unknown): void {
    if (!call.arrived) call.giveBack();
    const told = this.#told(call, error);
    if (call.id !== undefined && this.#connection.isAlive) this.#connection.sendFailure(call.id, told);
    this.#inbound.end(call);
  }

  /** What the caller hears of an error, and whom else it concerns. */
  #told(call: InboundCall, error: unknown): unknown {
    const { maskErrors, onError, random } = this.#connection.options;
    if (call.abortReason && isAbort(error)) return call.abortReason;
    if (call.id === undefined) this.#connection.guard(() => onError(error, { method: call.method }));
    if (!maskErrors || isMeant(error)) return error;
    const errorId = random().toString(36).slice(2, 12);
    this.#connection.guard(() => onError(error, { method: call.method, errorId }));
    return new InternalError(`Internal error ${errorId}`, { data: { errorId } });
  }

  #stream(call: InboundCall, stream: Stream): void {
    const { clock } = this.#connection.options;
    let items = 0;
    const producer = new Producer(stream, call.streamCredit, {
      item: (value) => {
        items++;
        return this.#sendItem(call, value, true);
      },
      end: async (value) => {
        // To an old caller nothing marks the end; but a request is answered, be there no item at all.
        if (call.wantsStream || items === 0)
          await this.#sendItem(call, call.wantsStream ? value : null, false);
        this.#inbound.end(call);
      },
      fail: (error) => this.#fail(call, error),
      breathe: () => new Promise((resolve) => clock.setTimeout(resolve, 0)),
    });
    call.producer = producer;
    this.#inbound.activate(call);
    if (call.abortReason) producer.cancel();
    void producer.run();
  }

  /** @throws what makes the value unsendable */
  #sendItem(call: InboundCall, value: unknown, more: boolean): Promise<void> | undefined {
    const { profile, values, isAlive } = this.#connection;
    const { id } = call;
    if (id === undefined || !isAlive) return undefined;
    const write = (result: string): string =>
      call.wantsStream ? profile.item(id, result, more) : profile.result(id, result);
    try {
      const plain = value === undefined ? 'null' : values.encodePlain(value);
      if (plain !== undefined) return this.#connection.answer(values.assertFits(write(plain)));
      return this.#connection.answer(values.encoding(undefined, () => write(values.encode(value, 'result'))));
    } catch (error) {
      if (!(error instanceof Unsettled)) throw error;
      const settled = new Promise<void>((resolve) => error.request.whenSettled(resolve));
      return settled.then(() => this.#sendItem(call, value, more));
    }
  }
}

function apply(call: InboundCall, owner: MethodOwner, method: Method): unknown {
  const outer = enter(call);
  try {
    return Reflect.apply(method.fn, owner, call.args);
  } finally {
    leave(outer);
  }
}

function keywordsIn(where: string, value: unknown): InboundCall['keywords'] {
  const proto: unknown =
    typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (proto !== Object.prototype) {
    throw new InvalidParamsError(
      `Invalid ${where}: ${where === 'params' ? 'an array or an object' : 'an object'} is expected`,
    );
  }
  const keywords = value as { readonly [name: string]: unknown };
  return Object.keys(keywords).length > 0 ? keywords : undefined;
}

function isThenable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

/** What handlers throw when their signal has fired. */
function isAbort(error: unknown): boolean {
  return surely(
    () => error instanceof CancelledError || (error instanceof Error && error.name === 'AbortError'),
  );
}

/** What another peer threw is as unexpected as anything else that a handler did not throw on purpose. */
function isMeant(error: unknown): boolean {
  return surely(() => error instanceof RpcError && !(error instanceof RemoteError));
}

/** Anything may be thrown, Proxies that throw when they are looked at included. */
function surely(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}
