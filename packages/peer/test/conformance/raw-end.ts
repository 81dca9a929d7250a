import { connect, createServer, type Socket } from 'node:net';
import type { Duplex, Transport } from '@bjsonrpc/protocol';

/** How long a message may take to come. Only failing tests wait that long. */
const patienceMs = 5000;

/** One end of a connection, played by hand: lines out, lines in, and nothing that knows what they mean. */
export interface RawEnd {
  /** Sends these messages together, as one segment where there are segments. */
  send(lines: readonly string[]): void;
  /** Sends bytes as they are; undefined where only whole messages travel. */
  readonly sendBytes?: (bytes: Uint8Array) => void;
  /** The next message that came, or comes. Rejects when the connection ends first. */
  next(): Promise<string>;
  /** Messages that came and were not asked for yet. */
  readonly unread: readonly string[];
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>;
  /** Closes our sending side; what was sent still arrives. */
  end(): void;
}

/** What has come in, and who waits for it. */
class Inbox {
  readonly unread: string[] = [];
  readonly closed: Promise<void>;
  #isClosed = false;
  #wake: () => void = () => {};
  #close: () => void = () => {};

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  push(line: string): void {
    this.unread.push(line);
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#close();
    this.#wake();
  }

  async next(): Promise<string> {
    const deadline = Date.now() + patienceMs;
    while (this.unread.length === 0) {
      if (this.#isClosed) throw new Error('the connection is closed');
      if (Date.now() >= deadline) throw new Error(`nothing came for ${patienceMs} ms`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, deadline - Date.now()).unref();
      });
    }
    return this.unread.shift() as string;
  }
}

/** A raw end over a transport's own Duplex. */
export function rawDuplex(duplex: Duplex): RawEnd {
  const inbox = new Inbox();
  duplex.start({ onMessage: (message) => inbox.push(message), onClose: () => inbox.close() });
  return {
    send: (lines) => {
      for (const line of lines) duplex.send(line);
    },
    next: () => inbox.next(),
    unread: inbox.unread,
    closed: inbox.closed,
    end: () => duplex.close(),
  };
}

/** A raw end over a socket: bytes split at line feeds, nothing else. */
export function rawSocket(socket: Socket): RawEnd {
  const inbox = new Inbox();
  let rest = '';
  socket.setEncoding('utf8');
  socket.setNoDelay(true);
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) inbox.push(line);
  });
  socket.on('error', () => {}); // a reset is a close like another
  socket.on('end', () => inbox.close());
  socket.on('close', () => inbox.close());
  return {
    send: (lines) => {
      socket.write(lines.map((line) => `${line}\n`).join(''));
    },
    sendBytes: (bytes) => {
      socket.write(bytes);
    },
    next: () => inbox.next(),
    unread: inbox.unread,
    closed: inbox.closed,
    end: () => {
      socket.end();
    },
  };
}

/** Dials a TCP port by hand. */
export function dialSocket(port: number): Promise<RawEnd> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => resolve(rawSocket(socket)));
    socket.once('error', reject);
  });
}

/** A server played by hand: its port, and the connections that come. */
export interface RawServer {
  /** The next connection that came, or comes. */
  accept(): Promise<RawEnd>;
  close(): Promise<void>;
}

class Arrivals {
  readonly #ends: RawEnd[] = [];
  readonly #waiting: ((end: RawEnd) => void)[] = [];

  push(end: RawEnd): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(end);
    else this.#ends.push(end);
  }

  accept(): Promise<RawEnd> {
    const end = this.#ends.shift();
    return end ? Promise.resolve(end) : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** Listens on a free TCP port by hand. */
export function listenSocket(): Promise<RawServer & { readonly port: number }> {
  const arrivals = new Arrivals();
  const server = createServer((socket) => arrivals.push(rawSocket(socket)));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address ? address.port : 0,
        accept: () => arrivals.accept(),
        close: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}

/** Listens on any transport by hand. */
export async function listenDuplex(transport: Transport): Promise<RawServer> {
  const arrivals = new Arrivals();
  const listener = await transport.listen((duplex) => arrivals.push(rawDuplex(duplex)));
  return { accept: () => arrivals.accept(), close: () => listener.close() };
}
