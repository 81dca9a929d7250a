import { connect, type Socket } from 'node:net';

/** A client that keeps no rules: it writes whatever bytes it is given, and reads or does not. */
export class RawClient implements Disposable {
  readonly #socket: Socket;
  #rest = '';
  readonly #lines: string[] = [];
  #wake: (() => void) | undefined;
  isClosed = false;

  private constructor(socket: Socket, reads: boolean) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket
      .on('error', () => {})
      .on('close', () => {
        this.isClosed = true;
        this.#wake?.();
      });
    if (!reads) socket.pause();
    else socket.setEncoding('utf8').on('data', (text: string) => this.#take(text));
  }

  /** `reads`: whether it takes what comes. True, if not given. */
  static connect(port: number, { reads = true }: { readonly reads?: boolean } = {}): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawClient(socket, reads));
      });
    });
  }

  /** Resolves when the system has taken all of it, or the connection has ended. */
  write(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => void this.#socket.write(bytes, () => resolve()));
  }

  /** The next line that has come; undefined when the connection has ended. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.isClosed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.#lines.shift();
  }

  /** All that comes until the connection has ended. */
  async rest(): Promise<readonly string[]> {
    const lines: string[] = [];
    for (let line = await this.next(); line !== undefined; line = await this.next()) lines.push(line);
    return lines;
  }

  /** Writes a request and gives the next line. */
  async ask(text: string): Promise<string | undefined> {
    await this.write(`${text}\n`);
    return await this.next();
  }

  end(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#lines.push(...lines);
    this.#wake?.();
  }
}
