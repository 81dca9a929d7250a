import type { Socket } from 'node:net';
import { ByteDuplex, type FramingName, framingOf, type InputBudget } from '@bjsonrpc/byte-stream';
import type { TcpLimits } from './tcp-options.js';

/**
 * One socket as a Duplex.
 *
 * @param socket connected, with `allowHalfOpen`, and ours alone
 * @param remote names the other side in errors
 */
export function tcpDuplex(
  socket: Socket,
  remote: string,
  {
    limits,
    framing,
    budget,
  }: {
    readonly limits: TcpLimits;
    readonly framing?: FramingName | undefined;
    readonly budget?: InputBudget;
  },
): ByteDuplex {
  socket.setNoDelay(true);
  if (limits.keepAliveMs > 0) socket.setKeepAlive(true, limits.keepAliveMs);
  return new ByteDuplex({
    readable: socket,
    writable: socket,
    remote,
    framing: framingOf(framing),
    limits,
    ...(budget === undefined ? {} : { budget }),
  });
}
