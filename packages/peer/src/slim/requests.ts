import {
  CancelledError,
  ConnectionClosedError,
  errorFromObject,
  type Message,
  TimeoutError,
} from '@bjsonrpc/protocol';
import type { CallOptions } from '../call-options.js';
import { Keywords } from '../keywords.js';
import type { CallKind } from '../proxies.js';
import type { Link } from './link.js';
import { RemotePromise, type Route } from './proxies.js';
import { giveBack, type Reference, referenceOf } from './references.js';
import { type Item, STREAM_WINDOW, streamOf } from './stream.js';
import { nameOf, read, write } from './values.js';

/** One call to be made. */
export interface Call {
  readonly route: Route;
  readonly args: readonly unknown[];
  readonly options: CallOptions;
}

/** One call on its way. It settles exactly once. */
export class Request {
  readonly link: Link;
  readonly id: number;
  /** The answer. */
  readonly value: RemotePromise<unknown>;
  /** Whether it has been handed to the transport. */
  sent = false;
  hasResponse = false;
  /** What it failed with. */
  error: unknown;
  /** What it gave. */
  result: unknown;
  /** Takes the items, if it is a pipe. */
  onItem: ((item: Item) => void) | undefined;
  /** Until the answer: the requests it was built on (section 9), and what must not be garbage-collected. */
  keep: { readonly dependencies: readonly Request[]; readonly call: Call } | undefined;
  /** Timers and listeners to undo, and those who wait, in order. */
  readonly whenSettled: (() => void)[] = [];

  constructor(link: Link) {
    this.link = link;
    this.id = ++link.lastNumber;
    this.value = new RemotePromise((resolve, reject) => {
      this.whenSettled.push(() => {
        if (this.error) reject(this.error);
        else resolve(this.result);
      });
    }, this);
  }

  /** Give up: the other side is told to stop. */
  cancel(reason?: unknown): void {
    this.giveUp(new CancelledError('The call was cancelled', { cause: reason }));
  }

  giveUp(error: unknown): void {
    if (this.sent && !this.hasResponse) this.link.sendControl('$/cancelRequest', { id: this.id });
    this.settle(error);
  }

  settle(error: unknown, result?: unknown): void {
    if (this.hasResponse) return;
    this.hasResponse = true;
    this.error = error;
    this.result = result;
    this.keep = undefined;
    this.link.pending.delete(this.id);
    for (const callback of this.whenSettled.splice(0)) callback();
  }
}

/** A call by way of a proxy. Never throws, but for a notification: whatever goes wrong becomes the request's error. */
export function invoke(link: Link, kind: CallKind, call: Call): unknown {
  if (kind === 'notify') return notify(link, call);
  const request = new Request(link);
  const { object, method } = call.route;
  if (method === '__iter__')
    request.whenSettled.push(() => referenceOf(object)?.release('it was iterated to its end'));
  const stream = kind === 'pipe' && streamOf(request);
  // Nobody has asked for the promise of these yet.
  if (kind !== 'call') request.value.then(undefined, () => {});
  try {
    if (link.end) throw closed(false, link.end.error);
    // Control messages are served to the last.
    if (link.farIsLeaving && !method.startsWith('$/'))
      throw new ConnectionClosedError('The other side takes no new calls');
    link.assertRoom('maxPendingCalls', link.pending);
    watch(request, call.options);
    transmit(request, call);
  } catch (error) {
    request.settle(error);
  }
  return stream || (kind === 'call' ? request.value : request);
}

/** @throws UnsendableError, LimitExceededError: nothing was sent */
function notify(link: Link, call: Call): void {
  if (link.end) return;
  try {
    link.send(text(link, call, []));
  } catch (error) {
    if (!(error instanceof Request)) throw error;
    // Nobody hears of it when the awaited call fails, as of any notification that comes to nothing.
    error.whenSettled.push(() => void link.guard(() => notify(link, call)));
  }
}

function transmit(request: Request, call: Call): void {
  const { link } = request;
  if (request.hasResponse) return;
  link.pending.set(request.id, request);
  try {
    const dependencies: Request[] = [];
    link.send(text(link, call, dependencies, request));
    request.sent = true;
    request.keep = { dependencies, call };
  } catch (error) {
    if (error instanceof Request) error.whenSettled.push(() => transmit(request, call));
    else request.settle(error || new Error(String(error)));
  }
}

function text(
  link: Link,
  { route, args, options }: Call,
  dependencies: Request[],
  request?: Request,
): string {
  const last = args.at(-1);
  const keywords = last instanceof Keywords ? last.values : undefined;
  const positional = keywords ? args.slice(0, -1) : [...args];
  while (positional.length > 0 && positional.at(-1) === undefined) positional.pop(); // as if they had not been written
  return write(
    link,
    (encode) => {
      const method = nameOf(route, dependencies);
      const params = positional.length > 0 ? encode(positional, 'params') : undefined;
      const named = Object.keys(keywords ?? {}).length > 0 ? encode(keywords, 'kwparams') : undefined;
      return {
        kwparams: params && named,
        params: params ?? named,
        method,
        ...(request && {
          id: request.id,
          stream: request.onItem && STREAM_WINDOW,
          timeout: timeLeft(link, options),
        }),
      };
    },
    dependencies,
  );
}

/** Milliseconds that a call's own timeout and deadline leave; undefined: it has neither. */
function timeLeft(
  link: Link,
  { timeout, deadline = Number.POSITIVE_INFINITY }: CallOptions,
): number | undefined {
  const left = Math.min(timeout || Number.POSITIVE_INFINITY, deadline - link.settings.clock.now());
  return left < Number.POSITIVE_INFINITY ? Math.ceil(left) : undefined;
}

/** It may have been given up afterwards. @throws TimeoutError when the deadline has passed */
function watch(request: Request, options: CallOptions): void {
  const { clock, timeout = 60_000 } = request.link.settings;
  const { signal } = options;
  if (signal) {
    const onAbort = (): void => request.cancel(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort);
    request.whenSettled.push(() => signal.removeEventListener('abort', onAbort));
  }
  const own = timeLeft(request.link, options);
  const ms = own ?? (options.timeout === undefined && !request.onItem ? timeout : 0);
  if (own !== undefined && own <= 0) throw new TimeoutError('The deadline had passed before the call');
  if (!ms) return;
  const timer = clock.setTimeout(() => request.giveUp(new TimeoutError(`No answer within ${ms} ms`)), ms);
  request.whenSettled.push(() => clock.clearTimeout(timer));
}

/** A response has come. */
export function respond(link: Link, { id, result = null, error = null, more }: Message): void {
  const request = link.pending.get(id);
  const onItem = more === true && error === null && request?.onItem;
  const given = error ?? result;
  if (!request) {
    link.stray++;
    return giveBack(link, given);
  }
  let arrived: readonly Reference[];
  let value: unknown;
  try {
    [value, arrived] = read(link, given);
  } catch (failure) {
    giveBack(link, given);
    return onItem ? request.giveUp(failure) : request.settle(failure);
  }
  if (onItem) return onItem({ value, arrived });
  for (const reference of arrived) reference.own();
  if (error === null) return request.settle(undefined, value);
  const failure = errorFromObject(value);
  // Calls that were built on a failed one fail with what that one failed with.
  const cause = failure.code === -32004 && request.keep?.dependencies.find((dependency) => dependency.error);
  request.settle(cause ? cause.error : failure);
}

/** The connection has ended: nothing will be answered any more. */
export function failAll(link: Link, cause: Error | undefined): void {
  const pending = [...link.pending.values()];
  // Those that wait for another one first, or they would take its error for their own.
  for (const sent of [false, true])
    for (const request of pending) if (request.sent === sent) request.settle(closed(sent, cause));
}

function closed(sent: boolean, cause: Error | undefined): ConnectionClosedError {
  const why = cause ? `: ${cause.message}` : '';
  return new ConnectionClosedError(`The connection is closed${why}${sent ? '' : '; the call was not sent'}`, {
    cause,
    sent,
  });
}
