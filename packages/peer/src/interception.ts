import type { CallOptions } from './call-options.js';
import type { Connection } from './connection.js';
import { type OutgoingCall, outgoingChain } from './interceptors.js';
import type { CallKind } from './proxies.js';
import { RemotePromise } from './remote-promise.js';
import { Request } from './request.js';
import type { Route } from './route.js';

/** A call of this side through the interceptors: what the program gets is what they make of it. */
export function intercepted(
  connection: Connection,
  kind: CallKind,
  { route, args, options }: { route: Route; args: readonly unknown[]; options: CallOptions | undefined },
): unknown {
  const { outbound, peer } = connection;
  let made: Request | undefined;
  const run = outgoingChain(connection.options.outgoing, (call: OutgoingCall) => {
    if (kind === 'notify' || kind === 'pipe') return outbound[kind](route, call.args, call.options);
    made = outbound.method(route, call.args, call.options);
    return made.value;
  });
  const call = { kind, method: route.target, args, options: options ?? {}, peer };
  if (kind === 'notify') {
    void connection.settleQuietly(run(call));
    return undefined;
  }
  if (kind === 'pipe') {
    const items = run(call);
    return items instanceof Promise ? later(items) : items;
  }
  const request = adopt(
    connection,
    () => run(call),
    (reason) => made?.cancel(reason),
  );
  return kind === 'method' ? request : request.value;
}

/** A request that settles as an interceptor's promise does. Left alone by interceptors it is the one they made. */
function adopt(connection: Connection, make: () => unknown, cancel: (reason: unknown) => void): Request {
  let made: unknown;
  try {
    made = make();
  } catch (error) {
    made = Promise.reject(error);
  }
  const own = made instanceof RemotePromise ? RemotePromise.requestOf(made) : undefined;
  if (own) return own;
  const request = new Request(connection, connection.counter.next());
  request.onCancel = cancel;
  Promise.resolve(made).then(
    (value) => request.fulfil(value),
    (error: unknown) => request.reject(error),
  );
  return request;
}

/** The stream that an asynchronous interceptor gives in the end. */
async function* later(items: Promise<AsyncIterable<unknown>>): AsyncGenerator<unknown, unknown> {
  return yield* await items;
}
