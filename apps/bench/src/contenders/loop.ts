/**
 * What a careful author writes by hand for this one purpose, over whatever carries texts: no limits, errors, time-outs, backpressure, references
 * or checks; one `JSON.stringify` and one `JSON.parse` for each message, and a `Map` of pending calls.
 */
import type { ContenderClient } from '../contender.js';
import { add, chunks, echo, Tally } from './tally.js';

/** Carries texts, one write for all of a turn. */
export interface TextSocket {
  send(text: string): void;
  end(): void;
}

/** Makes the socket, given what reads. */
export type OpenTextSocket = (onText: (text: string) => void) => TextSocket;

type Methods = Record<string, (...params: never[]) => unknown>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: readonly never[];
  readonly result?: unknown;
}

/** One end of a connection: it answers the other's calls and makes its own. */
class Loop {
  readonly #socket: TextSocket;
  readonly #pending = new Map<number, (result: never) => void>();
  #lastId = 0;

  constructor(open: OpenTextSocket, methods: Methods) {
    this.#socket = open((text) => {
      const message: Message = JSON.parse(text);
      if (message.method === undefined) {
        const id = message.id ?? 0;
        const resolve = this.#pending.get(id);
        this.#pending.delete(id);
        resolve?.(message.result as never);
        return;
      }
      const result = methods[message.method]?.(...(message.params ?? []));
      if (message.id === undefined) return;
      if (result instanceof Promise) void result.then((value) => this.#answer(message.id, value));
      else this.#answer(message.id, result);
    });
  }

  #answer(id: number | undefined, result: unknown): void {
    this.#socket.send(JSON.stringify({ id, result, error: null }));
  }

  call<T>(method: string, params: readonly unknown[]): Promise<T> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#socket.send(JSON.stringify({ params, method, id }));
    });
  }

  notify(method: string, params: readonly unknown[]): void {
    this.#socket.send(JSON.stringify({ params, method }));
  }

  end(): void {
    this.#socket.end();
  }
}

/** Answers whoever is at the other end. */
export function serveLoop(open: OpenTextSocket): void {
  const tally = new Tally();
  /** Of the stream that is under way. */
  let credit = 0;
  let wake: (() => void) | undefined;
  const loop: Loop = new Loop(open, {
    add,
    echo,
    note: (value: number) => tally.note(value),
    total: () => tally.total(),
    callbacks: async (count: number) => {
      const answers: Promise<number>[] = [];
      for (let i = 0; i < count; i++) answers.push(loop.call('callback', [i]));
      await Promise.all(answers);
      return count;
    },
    stream: async (items: number, itemBytes: number, window: number) => {
      credit = window || Number.POSITIVE_INFINITY;
      for (const chunk of chunks(items, itemBytes)) {
        if (credit === 0) await new Promise<void>((resolve) => (wake = resolve));
        credit--;
        loop.notify('item', [chunk]);
      }
      return items;
    },
    credit: (items: number) => {
      credit += items;
      wake?.();
    },
  });
}

/** The client of one connection. At most `window` items of a stream are on their way to it; 0: there is no flow control. */
export function loopClient(open: OpenTextSocket, window = 0): ContenderClient {
  let streamed = 0;
  let read = 0;
  const loop = new Loop(open, {
    callback: (value: number) => value,
    item: (text: string) => {
      streamed += text.length > 0 ? 1 : 0;
      if (window === 0 || ++read < window / 2) return;
      loop.notify('credit', [read]);
      read = 0;
    },
  });
  return {
    add: (a, b) => loop.call('add', [a, b]),
    echo: (value) => loop.call('echo', [value]),
    note: (value) => loop.notify('note', [value]),
    total: () => loop.call('total', []),
    callbacks: (count) => loop.call('callbacks', [count]),
    stream: async (items, itemBytes) => {
      streamed = 0;
      read = 0;
      await loop.call('stream', [items, itemBytes, window]);
      return streamed;
    },
    close: async () => loop.end(),
  };
}
