import type { Server, Socket } from 'node:net';
import type { Crowd, Crowded } from './crowd.js';
import { NO_DESCRIPTORS, usesSpareDescriptor } from './spare-descriptors.js';

/** Who was turned away, as far as is known: the socket itself is gone by then. */
export interface TurnedAway {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
}

/**
 * From now on whoever connects is counted, and those beyond a limit are hung up on before anything is read of them; what
 * the server did with a connection until now, it does with the others.
 *
 * @param server of `node:net`, `node:tls` or `node:http`, with all its listeners for `connection`
 */
export function guardDoor(
  server: Server,
  crowd: Crowd,
  onTurnedAway: (why: Crowded | typeof NO_DESCRIPTORS, who: TurnedAway) => void,
): void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const { remoteAddress, remotePort } = socket;
    const why = usesSpareDescriptor(socket) ? NO_DESCRIPTORS : crowd.enter(remoteAddress);
    if (why !== undefined) {
      socket.on('error', () => {}).destroy();
      onTurnedAway(why, { remoteAddress, remotePort });
      return;
    }
    socket.on('close', () => crowd.leave(remoteAddress));
    for (const listener of listeners) listener.call(server, socket);
  });
}
