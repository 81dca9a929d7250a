import { Buffer } from 'node:buffer';
import type { WebSocket } from 'ws';

/** So many answers may be on their way; of the pings that come meanwhile only the last is answered (RFC 6455, 5.5.3). */
const MAX_UNDER_WAY = 32;

/** Answers pings. Who sends them and reads no answers makes this side keep a few, and no more. */
export function answerPings(socket: WebSocket): void {
  let underWay = 0;
  let last: Buffer | undefined;
  const answer = (ping: Buffer): void => {
    underWay++;
    socket.pong(ping, undefined, onWritten);
  };
  const onWritten = (error?: Error): void => {
    underWay--;
    const ping = last;
    last = undefined;
    if (ping !== undefined && !error) answer(ping);
  };
  socket.on('ping', (ping: Buffer) => {
    if (underWay < MAX_UNDER_WAY) answer(ping);
    // A copy: what came is part of a larger piece.
    else last = Buffer.from(ping);
  });
}
