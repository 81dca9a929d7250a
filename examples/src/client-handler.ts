import { Handler } from '@bjsonrpc/peer';
import type { Factorial } from './factorial.js';
import { ServerError, ValueError } from './reference-errors.js';

/** An object of the client. It travels by reference: the server gets something that it can call. */
export class Counter extends Handler {
  static override readonly parameters = { increment: ['by'] };

  #value: number;

  constructor(start = 0) {
    super();
    this.#value = start;
  }

  increment(by = 1): number {
    this.#value += by;
    return this.#value;
  }

  value(): number {
    return this.#value;
  }

  fail(): never {
    throw new ValueError('counter boom');
  }
}

/** What the reference client publishes: the methods that a server may call back. */
export class ClientHandler extends Handler<Factorial> implements Factorial {
  static override readonly parameters = {
    ask: ['question'],
    double: ['number'],
    getabc: ['a', 'b', 'c'],
    fact: ['number'],
    notify: ['text'],
    ticks: ['count'],
  };
  static override readonly nonPublic = ['notes'];

  /** The texts that {@link notify} was given, oldest first. */
  readonly notes: string[] = [];

  ask(question: string): string {
    return `answer to ${question}`;
  }

  double(number: number): number {
    return number * 2;
  }

  getabc(a: unknown = null, b: unknown = null, c: unknown = null): [unknown, unknown, unknown] {
    return [a, b, c];
  }

  fail(): never {
    throw new ValueError('client boom');
  }

  failServer(): never {
    throw new ServerError('client says no');
  }

  /** number!, each factor worked out by the other side: the two call each other to a depth of `number`. */
  async fact(number: number): Promise<number> {
    return number <= 1 ? 1 : number * (await this.peer.call.fact(number - 1));
  }

  notify(text: string): void {
    this.notes.push(text);
  }

  async *ticks(count: number): AsyncGenerator<number, void> {
    for (let i = 0; i < count; i++) yield i * 10;
  }
}
