/**
 * Cap'n Web over WebSocket, the server as its README shows for Node.js, the client over `ws` (Node 20 has no
 * WebSocket of its own). It has no notifications: the documented way of not wanting an answer is to dispose of the promise.
 */
import { newWebSocketRpcSession, type RpcStub, RpcTarget } from 'capnweb';
import { WebSocket } from 'ws';
import type { Contender, ContenderClient, ContenderServer, Item, Total } from '../contender.js';
import { HOST } from './listen.js';
import { listenWs } from './listen-ws.js';
import { add, chunks, Tally } from './tally.js';

class Link extends RpcTarget {
  readonly #depth: number;
  constructor(depth: number) {
    super();
    this.#depth = depth;
  }
  next(): Link {
    return new Link(this.#depth + 1);
  }
  depth(): number {
    return this.#depth;
  }
}

class Api extends RpcTarget {
  readonly #tally = new Tally();
  add(a: number, b: number): number {
    return add(a, b);
  }
  echo(value: Item[]): Item[] {
    return value;
  }
  note(value: number): void {
    this.#tally.note(value);
  }
  total(): Total {
    return this.#tally.total();
  }
  link(): Link {
    return new Link(1);
  }
  async callbacks(count: number, callback: RpcStub<(value: number) => number>): Promise<number> {
    const answers: PromiseLike<number>[] = [];
    for (let i = 0; i < count; i++) answers.push(callback(i));
    await Promise.all(answers);
    return count;
  }
  stream(items: number, itemBytes: number): ReadableStream<string> {
    const source = chunks(items, itemBytes);
    return new ReadableStream({
      pull(controller) {
        const next = source.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
    });
  }
}

// Cap'n Web reads constants of the platform's WebSocket, which Node has from version 22 on.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

// The socket of `ws` has all that Cap'n Web uses of the platform's; its README casts as well.
const session = (socket: WebSocket, main?: RpcTarget): RpcStub<Api> =>
  newWebSocketRpcSession<Api>(socket as unknown as globalThis.WebSocket, main);

async function serve(): Promise<ContenderServer> {
  return listenWs((socket) => void session(socket, new Api()));
}

async function connect(port: number): Promise<ContenderClient> {
  const socket = new WebSocket(`ws://${HOST}:${port}`);
  await new Promise((resolve) => socket.once('open', resolve));
  const api = session(socket);
  return {
    add: async (a, b) => api.add(a, b),
    echo: async (value) => api.echo(value as Item[]),
    note: (value) => api.note(value)[Symbol.dispose](),
    total: async () => api.total(),
    callbacks: async (count) => api.callbacks(count, (value: number) => value),
    stream: async (items, itemBytes) => {
      const reader = (await api.stream(items, itemBytes)).getReader();
      let count = 0;
      for (let next = await reader.read(); next.done !== true; next = await reader.read()) count += 1;
      return count;
    },
    objects: async (count) => {
      const held = await Promise.all(Array.from({ length: count }, () => api.link()));
      return {
        release: async () => {
          for (const link of held) link[Symbol.dispose]();
          held.length = 0;
        },
      };
    },
    chain: async (steps, way) => {
      if (way === 'awaited') {
        let link = await api.link();
        for (let i = 1; i < steps; i++) link = await link.next();
        return link.depth();
      }
      let link = api.link();
      for (let i = 1; i < steps; i++) link = link.next();
      return link.depth();
    },
    close: async () => socket.close(),
  };
}

export const contender: Contender = { transport: 'ws', serve, connect };
