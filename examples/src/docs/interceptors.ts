import { deepEqual, equal, rejects } from 'node:assert/strict';
import {
  connect,
  createServer,
  Handler,
  type IncomingInterceptor,
  InvalidParamsError,
  type OutgoingInterceptor,
} from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

class Api extends Handler {
  add(a: number, b: number): number {
    return a + b;
  }
}
const times = new Map<string, number>();

// #region interceptors
const timed: OutgoingInterceptor = async (call, next) => {
  const start = performance.now();
  try {
    return await next(call);
  } finally {
    times.set(call.method, performance.now() - start);
  }
};

const numbersOnly: IncomingInterceptor = (call, next) => {
  if (!call.args.every(Number.isFinite)) throw new InvalidParamsError('numbers only');
  return next();
};

const network = memory();
await using server = await createServer(network, () => new Api(), { incoming: [numbersOnly] });
await using peer = await connect<Api>(network, { outgoing: [timed] });
// #endregion

equal(await peer.call.add(1, 2), 3);
await rejects(peer.call.add('1' as never, 2), { name: 'InvalidParamsError', message: 'numbers only' });
deepEqual([...times.keys()], ['add']);
equal(server.connections.size, 1);
