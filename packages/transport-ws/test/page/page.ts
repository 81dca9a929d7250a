// What a page of the browser tests runs; they reach it as `globalThis.tested`.
import { connect, Handler, type Peer, type RemoteObject } from '@bjsonrpc/peer';
import { ws } from '@bjsonrpc/transport-ws';
import type { Counter, TestApi } from './test-api.ts';

/** What a page publishes. */
export class PageApi extends Handler<TestApi> {
  title(): string {
    return document.title;
  }

  /** Calls back into the server before it answers. */
  async addThere(a: number, b: number): Promise<number> {
    return await this.peer.call.add(a, b);
  }

  shape(): Shape {
    return new Shape();
  }
}

/** An object of the page, for the server to hold. */
export class Shape extends Handler {
  #corners = 3;
  grow(): number {
    return ++this.#corners;
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One page's doings, each of which a test asks for and gets the outcome of. */
export class TestedPage {
  readonly heard: string[] = [];
  #peer: Peer<TestApi> | undefined;
  #counter: RemoteObject<Counter> | undefined;

  get #server(): Peer<TestApi> {
    if (!this.#peer) throw new Error('not open');
    return this.#peer;
  }

  /** Resolves to `open`, or to what the error says. */
  async open(url = `${location.origin}/rpc`): Promise<string> {
    try {
      this.#peer = await connect<TestApi>(ws(url), { handler: new PageApi() });
      return 'open';
    } catch (error) {
      return String(error);
    }
  }

  add(a: number, b: number): Promise<number> {
    return this.#server.call.add(a, b);
  }

  /** All that a connection can carry, in one go. */
  async values(): Promise<string> {
    const values = [
      'é€😀\u2028',
      new Date(0),
      new Uint8Array([0, 255]),
      2n ** 70n,
      new Map([[1, new Set([2])]]),
      null,
    ];
    const [text, date, bytes, big, map] = (await this.#server.call.echo(values)) as typeof values;
    const inner = map instanceof Map ? [...(map.get(1) ?? [])] : [];
    return [text === values[0], (date as Date).getTime(), [...(bytes as Uint8Array)], big, inner].join(' ');
  }

  /** Bytes of every kind that a page has, there and back: whether each came as it went. */
  async bytes(length: number): Promise<Record<string, boolean>> {
    const sent = Uint8Array.from({ length }, (_, i) => i * 7);
    const isSame = (got: Uint8Array): boolean =>
      got.length === length && got.every((byte, i) => byte === sent[i]);
    const { call, pipe } = this.#server;
    const read = async (stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for await (const part of stream) parts.push(new Uint8Array(part));
      return new Uint8Array(await new Blob(parts).arrayBuffer());
    };
    const buffer = await call.echo(sent.slice().buffer);
    const file = new File([sent], 'a.bin');
    return {
      buffer: buffer instanceof ArrayBuffer && isSame(new Uint8Array(buffer)),
      array: isSame((await call.echo(sent)) as Uint8Array),
      blob: isSame(await call.gather(new Blob([sent]))),
      file: isSame(await call.gather(file)),
      stream: isSame(await call.gather(file.stream())),
      received: isSame(await read(pipe.chunks(sent, 10_000))),
      'received stream': isSame(await read(pipe.stream(sent))),
      'received blob': isSame(await read(pipe.blob(sent))),
    };
  }

  async count(): Promise<number> {
    this.#counter ??= await this.#server.call.counter();
    return await this.#counter.call.next();
  }

  async listen(): Promise<void> {
    await this.#server.call.listen((text: string) => {
      this.heard.push(text);
    });
  }

  async say(text: string): Promise<void> {
    await this.#server.call.say(text);
  }

  /** Reads so many numbers, slowly, and leaves. */
  async readSlowly(count: number): Promise<number[]> {
    const numbers: number[] = [];
    for await (const number of this.#server.pipe.numbers()) {
      numbers.push(number);
      if (numbers.length === count) break;
      await sleep(5);
    }
    return numbers;
  }

  /** Lets the server read slowly; resolves to how far this side ever got ahead of it, and what the server made of it. */
  async letRead(count: number): Promise<{ ahead: number; sum: number; produced: number }> {
    let produced = 0;
    let ahead = 0;
    async function* numbers(): AsyncGenerator<number> {
      for (;;) yield produced++;
    }
    const sum = await this.#server.call.sumOf(numbers(), count, (read: number) => {
      ahead = Math.max(ahead, produced - read);
    });
    return { ahead, sum, produced };
  }

  /** Begins to read a stream and never reads on. */
  async startReading(): Promise<void> {
    await this.#server.pipe.numbers().next();
  }

  /** What becomes of a call that never returns. */
  async forever(): Promise<string> {
    try {
      await this.#server.call.forever();
      return 'returned';
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : 'something else';
    }
  }

  /** Sends much, waiting for room where told to; resolves to the most that ever waited. */
  async sendMuch(messages: number, bytesEach: number): Promise<number> {
    const duplex = await ws(`${location.origin}/bulk`).dial({});
    const closed = new Promise<void>((resolve) => {
      duplex.start({ onMessage() {}, onClose: () => resolve() });
    });
    let highest = 0;
    for (let i = 0; i < messages; i++) {
      const room = duplex.send(`["${'x'.repeat(bytesEach)}"]`);
      highest = Math.max(highest, duplex.buffered);
      await room;
    }
    duplex.close();
    await closed;
    return highest;
  }
}

declare global {
  var tested: TestedPage;
}
