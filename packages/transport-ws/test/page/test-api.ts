import { Handler, type RemoteFunction } from '@bjsonrpc/peer';

/** What the server of the browser tests sees of its pages. */
export class Room {
  readonly listeners: Set<(text: string) => unknown> = new Set();
  /** How many numbers the streams have yielded, and how many streams have ended. */
  produced = 0;
  streamsEnded = 0;
  /** Connections that ever got an api. */
  opened = 0;
  closed = 0;
}

/** What it publishes to each. */
export class TestApi extends Handler {
  readonly #room: Room;
  #listener: ((text: string) => unknown) | undefined;

  constructor(room: Room) {
    super();
    this.#room = room;
    room.opened++;
  }

  add(a: number, b: number): number {
    return a + b;
  }

  echo(value: unknown): unknown {
    return value;
  }

  /** What a stream of bytes holds, in one piece. */
  async gather(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const part of bytes) parts.push(new Uint8Array(part));
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }

  *chunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  stream(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
    return new Blob([bytes]).stream();
  }

  blob(bytes: Uint8Array<ArrayBuffer>): Blob {
    return new Blob([bytes]);
  }

  counter(): Counter {
    return new Counter();
  }

  listen(listener: (text: string) => void): void {
    const page = (listener as RemoteFunction<typeof listener>).retain();
    this.#listener = page;
    this.#room.listeners.add(page);
  }

  /** Answers when everybody has heard it. */
  async say(text: string): Promise<void> {
    await Promise.all([...this.#room.listeners].map((listener) => listener(text)));
  }

  async *numbers(): AsyncGenerator<number> {
    try {
      for (let i = 0; ; i++) {
        this.#room.produced++;
        yield i;
      }
    } finally {
      this.#room.streamsEnded++;
    }
  }

  /** Reads slowly, and tells how far it has come before each. */
  async sumOf(
    numbers: AsyncIterable<number>,
    count: number,
    onRead: (read: number) => void,
  ): Promise<number> {
    let sum = 0;
    let read = 0;
    for await (const number of numbers) {
      sum += number;
      await onRead(++read);
      if (read === count) break;
    }
    return sum;
  }

  forever(): Promise<never> {
    return new Promise(() => {});
  }

  protected override onClose(): void {
    this.#room.closed++;
    if (this.#listener) this.#room.listeners.delete(this.#listener);
  }
}

/** An object of the server, for a page to hold. */
export class Counter extends Handler {
  #count = 0;
  next(): number {
    return ++this.#count;
  }
}
