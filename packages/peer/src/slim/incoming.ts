import {
  CancelledError,
  ConnectionClosedError,
  errorObject,
  InvalidParamsError,
  InvalidRequestError,
  type Message,
  MethodNotFoundError,
} from '@bjsonrpc/protocol';
import { enter, leave, type RunningCall } from '../call-context.js';
import type { Peer } from '../peer.js';
import type { MethodOwner } from '../publish.js';
import { subtract } from './exports.js';
import type { Link } from './link.js';
import { giveBack, type Reference } from './references.js';
import { Request } from './requests.js';
import { resolve } from './resolve.js';
import { type Encode, read, write } from './values.js';

/** One call of the other side, from its arrival to its answer. */
export class IncomingCall implements RunningCall {
  readonly link: Link;
  readonly message: Message;
  readonly method: string;
  readonly peer: Peer<unknown>;
  declare readonly principal: undefined;
  declare readonly traceparent: undefined;
  declare readonly tracestate: undefined;
  /** The caller says so when it stops waiting: there is no timer on this side. */
  declare readonly deadline: undefined;
  keywords: { readonly [name: string]: unknown } | undefined;
  handler: MethodOwner | undefined;
  /** References that its arguments brought: held until it settles. */
  arrived: readonly Reference[] | undefined;
  /** Why nobody wants it any more. */
  aborted: Error | undefined;
  #controller: AbortController | undefined;

  constructor(link: Link, message: Message, method: string) {
    this.link = link;
    this.message = message;
    this.method = method;
    this.peer = link.peer;
  }

  /** The id as JSON text; undefined for a notification. */
  get id(): string | undefined {
    return JSON.stringify(this.message.id ?? undefined);
  }
  /** By what the connection knows it. */
  get key(): unknown {
    return this.message.id ?? this;
  }

  /** Whether the caller piped. */
  get wantsStream(): boolean {
    const { stream } = this.message;
    return (stream as number) >>> 0 === stream;
  }

  /** Made when it is first asked for: most methods never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.aborted) this.#controller.abort(this.aborted);
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.aborted ??= reason;
    this.#controller?.abort(reason);
  }

  /** The connection has ended. */
  leave(cause: Error | undefined): void {
    this.abort(new ConnectionClosedError('The connection is closed', { cause }));
    this.end();
  }

  /** Over: what it brought is let go of. */
  end(): void {
    const { calls, whenIdle } = this.link;
    if (!calls.delete(this.key)) return;
    for (const reference of this.arrived ?? []) reference.unhold();
    if (calls.size === 0) whenIdle?.();
  }
}

/** A request or a notification has come. */
export function receive(link: Link, message: Message, method: string): void {
  if (method.startsWith('$/')) return control(link, message, method);
  if (method.endsWith('.__delete__')) return release(link, message, method);
  const call = new IncomingCall(link, message, method);
  try {
    if (link.calls.has(call.key)) throw new InvalidRequestError(`${call.id} is running already`);
    if (link.isLeaving) throw new ConnectionClosedError('The connection is closing');
    link.assertRoom('maxRunningCalls', link.calls);
  } catch (error) {
    return fail(call, error);
  }
  link.calls.set(call.key, call);
  void run(call);
}

/** What each control message does. A malformed or unknown one does nothing; with an id, each is answered. */
function control(link: Link, message: Message, method: string): void {
  const params = Object(message.params) as { readonly id?: unknown; readonly 0?: unknown };
  if (method === '$/hello') link.greeted(params[0]);
  else if (method === '$/bye') link.farIsLeaving = true;
  else if (method === '$/cancelRequest') link.calls.get(params.id)?.abort(new CancelledError());
  else if (method !== '$/ping')
    return sendError(link, message, new MethodNotFoundError(`Unknown method '${method}'`));
  answer(link, message, null);
}

/** However often it comes and whatever it names, a release does no harm. */
function release(link: Link, message: Message, method: string): void {
  const entry = link.exports.get(method.slice(0, -'.__delete__'.length));
  const { 0: count = entry?.count } = Object(message.params) as { readonly 0?: unknown };
  if (entry && Number.isSafeInteger(count) && (count as number) > 0) subtract(link, entry, count as number);
  answer(link, message, null);
}

/**
 * Answers exactly once, whatever the method returns or throws. It begins in the turn in which it came, and is over in
 * the same one if nothing has to be waited for: a burst of short calls never counts as many running ones.
 */
async function run(call: IncomingCall): Promise<void> {
  const { link, message } = call;
  try {
    let value = invoke(call);
    if ((Object(value) as { readonly then?: unknown }).then) value = await value;
    for (;;)
      try {
        answer(link, message, value, call.wantsStream || undefined);
        break;
      } catch (error) {
        if (!(error instanceof Request)) throw error;
        await new Promise<void>((resolve) => error.whenSettled.push(resolve));
      }
    // One item is all that a pipe gives.
    if (call.wantsStream) answer(link, message, null, false);
  } catch (error) {
    const { code, name } = errorObject(error); // whatever was thrown, this does not throw
    fail(call, (code === -32800 || name === 'AbortError') && call.aborted ? call.aborted : error);
  }
  call.end();
}

/** @throws what the method throws, or what keeps it from being called */
function invoke(call: IncomingCall): unknown {
  const { link, message } = call;
  const { owner, method } = resolve(link, call.method);
  call.handler = owner;
  const [given, arrived] = read(link, [message.params ?? [], message.kwparams ?? {}]);
  call.arrived = arrived;
  let [args, keywords] = given as [unknown, unknown];
  if (!Array.isArray(args)) [args, keywords] = [[], args];
  if (Object(keywords) !== keywords || Array.isArray(keywords)) throw new InvalidParamsError();
  if (Object.keys(keywords as object).length > 0) {
    call.keywords = keywords as { readonly [name: string]: unknown };
    args = method.bind?.(args as unknown[], call.keywords) ?? [...(args as unknown[]), keywords];
  }
  const outer = enter(call);
  try {
    return Reflect.apply(method.fn, owner, args as unknown[]);
  } finally {
    leave(outer);
  }
}

/** @throws the Request whose answer must come first; what makes the value unsendable */
function answer(link: Link, message: Message, value: unknown, more?: boolean): void {
  reply(link, message, (encode) => ({ result: value === undefined ? null : encode(value, 'result'), more }));
}

/** Notifications are not answered, not even with an error. @throws as `write` does */
function reply(link: Link, { id = null }: Message, outcome: (encode: Encode) => object): void {
  if (id === null) return;
  link.send(write(link, (encode) => ({ id, result: null, error: null, ...outcome(encode) })));
}

/** The call has failed, or was not even begun: then nobody has looked at its arguments. */
function fail({ id, link, message, method, arrived }: IncomingCall, error: unknown): void {
  if (!arrived) giveBack(link, [message.params, message.kwparams]);
  if (id === undefined) void link.guard(() => Promise.reject(error), { method });
  else sendError(link, message, error);
}

/** Data that cannot travel stays behind, and of a text that is too long the rest. */
function sendError(link: Link, message: Message, thrown: unknown): void {
  const { data, ...told } = errorObject(thrown);
  const send = (error: object): void => reply(link, message, (encode) => ({ error: encode(error, 'error') }));
  try {
    send({ ...told, data });
  } catch {
    void link.guard(() => send({ ...told, message: told.message.slice(0, 1000) }));
  }
}
