/**
 * A process that stands between a client and a server and holds back what passes: `relay.js PORT MS` listens on a free
 * port and hands each chunk on after MS milliseconds, in both directions and in order. A round trip costs twice that.
 * Asked with any message, it answers how many bytes have passed in either direction.
 */
import { connect, type Socket } from 'node:net';
import { HOST, listenTcp } from '../contenders/listen.js';

const [port = '', delay = ''] = process.argv.slice(2);
const delayMs = Number(delay);
let bytes = 0;

function pass(from: Socket, to: Socket): void {
  from.setNoDelay(true);
  const later = (action: () => void): void => void setTimeout(action, delayMs);
  from.on('data', (chunk) => {
    bytes += chunk.length;
  });
  // Equal timers fire in the order in which they were set, so chunks stay in order.
  if (delayMs === 0) from.on('data', (chunk) => void to.write(chunk)).on('end', () => to.end());
  else from.on('data', (chunk) => later(() => to.write(chunk))).on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
}

const server = await listenTcp((inner) => {
  const outer = connect({ port: Number(port), host: HOST });
  pass(inner, outer);
  pass(outer, inner);
});
process.on('disconnect', () => process.exit(0));
process.on('message', () => process.send?.({ bytes }));
process.send?.({ port: server.port });
