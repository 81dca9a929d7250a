import { Buffer } from 'node:buffer';
import type { WebSocket } from 'ws';

/** So many answers may be on their way; of the pings that come meanwhile only the last is answered (RFC 6455, 5.5.3). */
const MAX_UNDER_WAY = 32;

/** Answers pings. Who sends them and reads no answers makes this side keep a few, and no more. */
export class Pongs {
  readonly #socket: WebSocket;
  #underWay = 0;
  #last: Buffer | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  pinged(ping: Buffer): void {
    if (this.#underWay < MAX_UNDER_WAY) this.#answer(ping);
    // A copy: what came is part of a larger piece.
    else this.#last = Buffer.from(ping);
  }

  #answer(ping: Buffer): void {
    this.#underWay++;
    this.#socket.pong(ping, undefined, this.#onWritten);
  }

  readonly #onWritten = (error?: Error): void => {
    this.#underWay--;
    const ping = this.#last;
    this.#last = undefined;
    if (ping !== undefined && !error) this.#answer(ping);
  };
}
