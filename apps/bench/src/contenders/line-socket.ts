/**
 * The framing that a careful author writes by hand for JSON lines over a socket; used by the limit, and lent to
 * libraries that bring no framing of their own.
 *
 * - The socket decodes a whole chunk to one string (`setEncoding`), and lines are sliced out of it.
 * - Only the new chunk is searched for a line feed, so that a large message is not searched again with every chunk.
 * - What is sent in one turn is one write (`process.nextTick`): a burst of a thousand messages is not a thousand
 *   system calls.
 *
 * No limits, no backpressure, no checks of what arrives.
 */
import type { Socket } from 'node:net';

export class LineSocket {
  readonly #socket: Socket;
  #queued = '';

  constructor(socket: Socket, onLine: (line: string) => void) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    let rest = '';
    socket.on('data', (chunk: string) => {
      let end = chunk.indexOf('\n');
      if (end === -1) {
        rest += chunk;
        return;
      }
      onLine(rest + chunk.slice(0, end));
      let start = end + 1;
      for (end = chunk.indexOf('\n', start); end !== -1; end = chunk.indexOf('\n', start)) {
        onLine(chunk.slice(start, end));
        start = end + 1;
      }
      rest = chunk.slice(start);
    });
  }

  /** Queues one line. Everything queued in this turn leaves in one write. */
  send(text: string): void {
    if (this.#queued === '') process.nextTick(this.#flush);
    this.#queued += `${text}\n`;
  }

  end(): void {
    this.#socket.end();
  }

  readonly #flush = (): void => {
    const text = this.#queued;
    this.#queued = '';
    this.#socket.write(text);
  };
}
