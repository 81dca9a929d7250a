import type { CallKind } from '../basics/call-kind.js';
import type { CallOptions } from '../basics/call-options.js';
import type { Peer } from '../contract/peer.js';
import { AnswerPromise } from '../proxies/remote-promise.js';
import type { Route } from '../proxies/route.js';
import type { OutgoingCall, OutgoingInterceptor } from './outgoing-interceptor.js';
import type { PendingRequest } from './request.js';

/** What makes the calls that interceptors stand around. */
export interface Interceptable {
  method(route: Route, args: readonly unknown[], options: CallOptions | undefined): PendingRequest;
  notify(route: Route, args: readonly unknown[], options: CallOptions | undefined): void;
  pipe(route: Route, args: readonly unknown[], options: CallOptions | undefined): AsyncIterable<unknown>;
  checked(options: CallOptions): CallOptions;
  /** A request that leaves by other ways than its own. */
  newRequest(): PendingRequest;
  guard(run: () => unknown): void;
}

/** Calls of one kind, made through interceptors: what the program gets is what they make of it. */
export function intercepting(
  calls: Interceptable,
  { kind, peer, interceptors }: { kind: CallKind; peer: Peer; interceptors: readonly OutgoingInterceptor[] },
): (route: Route, args: readonly unknown[], options?: CallOptions) => unknown {
  return (route, args, options = {}) => {
    let made: PendingRequest | undefined;
    const innermost = (call: OutgoingCall): unknown => {
      const own = calls.checked(call.options);
      if (kind === 'notify' || kind === 'pipe') return calls[kind](route, call.args, own);
      made = calls.method(route, call.args, own);
      return made.value;
    };
    const chain = interceptors.reduceRight<typeof innermost>(
      (next, interceptor) => (call) => interceptor(call, next),
      innermost,
    );
    const run = (): unknown => chain({ kind, method: route.target, args, options, peer });
    if (kind === 'notify') {
      const outcome = run(); // what is thrown at once is the program's
      return calls.guard(() => outcome);
    }
    if (kind === 'pipe') {
      const items = run();
      return items instanceof Promise ? later(items) : items;
    }
    const request = adopt(calls, run, (reason) => made?.cancel(reason));
    return kind === 'method' ? request : request.value;
  };
}

/** A request that settles as an interceptor's promise does. Left alone by interceptors it is the one they made. */
function adopt(calls: Interceptable, run: () => unknown, cancel: (reason: unknown) => void): PendingRequest {
  let outcome: unknown;
  try {
    outcome = run();
  } catch (error) {
    outcome = Promise.reject(error);
  }
  const own = AnswerPromise.awaitedBy(Object(outcome) as object);
  if (own) return own as PendingRequest;
  const request = calls.newRequest();
  request.onCancel = cancel;
  Promise.resolve(outcome).then(
    (value) => request.fulfil(value),
    (error: unknown) => request.reject(error),
  );
  return request;
}

/** The stream that an asynchronous interceptor gives in the end. */
async function* later(items: Promise<AsyncIterable<unknown>>): AsyncGenerator<unknown, unknown> {
  return yield* await items;
}
