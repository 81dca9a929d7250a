import { kw, type Peer, type RemoteObject, retain } from '@bjsonrpc/peer';
import type { Counter } from './client-handler.js';
import type { Factorial } from './factorial.js';
import { requireArity } from './reference-errors.js';
import { originallyPublished } from './reference-names.js';
import { Chronometer, MyList, Operator } from './reference-objects.js';
import { ResultsHandler } from './reference-results.js';

/**
 * What the reference server publishes: something to call for everything that the protocol can do. One instance per
 * connection, so the total, the shared list and the kept counter belong to one client.
 */
export class ServerHandler extends ResultsHandler implements Factorial {
  static override readonly parameters = {
    echo: ['value'],
    add: ['first', 'second'],
    addAll: ['*numbers'],
    getabc: ['a', 'b', 'c'],
    kw: ['**named'],
    mixed: ['first', 'second', '*rest', '**named'],
    bump: ['amount'],
    slow: ['seconds', 'value'],
    tick: ['count', 'start'],
    tickFail: ['count'],
    tickLists: ['count'],
    isLocalList: ['value'],
    listSum: ['mylist'],
    sameObject: ['first', 'second'],
    giveBack: ['value'],
    apply: ['function', '*args'],
    reduce: ['function', 'values', 'initial'],
    clientRef: ['name'],
    callClient: ['name', '*args', '**named'],
    methodClient: ['name', '*args'],
    notifyClient: ['name', '*args'],
    pipeClient: ['name', 'count', '*args'],
    fact: ['number'],
    useCounter: ['counter', 'times'],
    notifyCounter: ['counter', 'times'],
    keepCounter: ['counter'],
  };

  /** The original's rule instead of this library's own (which takes `a` as well), and one capital name besides. */
  static override readonly published = [...originallyPublished(ServerHandler.prototype), 'Extra'];

  #total = 0;
  #sharedList: MyList | undefined;
  #kept: RemoteObject<Counter> | undefined;

  // Calls and values

  ping(...none: []): string {
    requireArity('ping', none, { least: 0 });
    return 'pong';
  }

  echo(value: unknown, ...more: []): unknown {
    requireArity('echo', [value, ...more], { least: 1 });
    return value;
  }

  add(first: number, second: number, ...more: []): number {
    requireArity('add', [first, second, ...more], { least: 2 });
    return first + second;
  }

  addAll(...numbers: number[]): number {
    return numbers.reduce((sum, number) => sum + number, 0);
  }

  getabc(a: unknown = null, b: unknown = null, c: unknown = null): [unknown, unknown, unknown] {
    return [a, b, c];
  }

  /** Keyword arguments as they came. */
  kw(named: Record<string, unknown>): Record<string, unknown> {
    return named;
  }

  /** What is named besides comes last: it is declared as `**named`. */
  mixed(first: unknown, ...others: unknown[]): object {
    const named = others.pop();
    const [second = 'two', ...rest] = others;
    return { first, second, rest, named };
  }

  bump(amount = 1): void {
    this.#total += amount;
  }

  total(): number {
    return this.#total;
  }

  async slow(seconds: number, value: unknown): Promise<unknown> {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return value;
  }

  // Streams

  async *tick(count: number, start = 0): AsyncGenerator<number, void> {
    for (let i = 0; i < count; i++) yield start + i;
  }

  async *tickFail(count: number): AsyncGenerator<number, void> {
    yield* this.tick(count);
    this.failWith('tick boom');
  }

  async *tickEmpty(): AsyncGenerator<number, void> {}

  async *tickLists(count: number): AsyncGenerator<MyList, void> {
    for (let i = 0; i < count; i++) yield new MyList();
  }

  // Objects of the server

  newList(): MyList {
    return new MyList();
  }

  newChronometer(): Chronometer {
    return new Chronometer();
  }

  newOperator(): Operator {
    return new Operator();
  }

  /** The same list every time. */
  sharedList(): MyList {
    this.#sharedList ??= new MyList();
    return this.#sharedList;
  }

  objects(): { one: MyList; both: [MyList, MyList] } {
    const one = new MyList();
    return { one, both: [one, new MyList()] };
  }

  getSelf(): this {
    return this;
  }

  /** An object that comes home is the original. */
  isLocalList(value: unknown): boolean {
    return value instanceof MyList;
  }

  listSum(mylist: MyList): number {
    return mylist.sum();
  }

  sameObject(first: unknown, second: unknown): boolean {
    return first === second;
  }

  giveBack(value: unknown): unknown {
    return value;
  }

  // Functions by reference

  apply(fn: (...args: never[]) => unknown, ...args: unknown[]): unknown {
    return fn(...(args as never[]));
  }

  async reduce(fn: Fold, values: readonly unknown[], initial: unknown): Promise<unknown> {
    let result = initial;
    for (const value of values) result = await fn(result as never, value as never);
    return result;
  }

  // Calling the client back, by names that come over the wire

  clientRef(name: string): unknown {
    return this.#client.call[name];
  }

  async callClient(name: string, ...args: unknown[]): Promise<unknown> {
    const named = args.pop() as Record<string, unknown>;
    return this.#client.call[name]?.(...args, kw(named));
  }

  async methodClient(name: string, ...args: unknown[]): Promise<unknown[]> {
    const requests = args.map((argument) => this.#client.method[name]?.(argument));
    return Promise.all(requests.map((request) => request?.value));
  }

  notifyClient(name: string, ...args: unknown[]): void {
    this.#client.notify[name]?.(...args);
  }

  /** The first `count` items of a stream. */
  async pipeClient(name: string, count: number, ...args: unknown[]): Promise<unknown[]> {
    const items: unknown[] = [];
    for await (const item of this.#client.pipe[name]?.(...args) ?? []) {
      if (items.push(item) >= count) break;
    }
    return items;
  }

  /** number!, each factor worked out by the other side: the two call each other to a depth of `number`. */
  async fact(number: number): Promise<number> {
    return number <= 1 ? 1 : number * (await this.peer.call.fact(number - 1));
  }

  // Objects of the client. An argument is released when its call is over, unless it is retained.

  async useCounter(counter: RemoteObject<Counter>, times: number): Promise<number> {
    for (let i = 0; i < times; i++) await counter.call.increment();
    return counter.call.value();
  }

  notifyCounter(counter: RemoteObject<Counter>, times: number): Promise<number> {
    for (let i = 0; i < times; i++) counter.notify.increment();
    return counter.call.value();
  }

  keepCounter(counter: RemoteObject<Counter>): void {
    this.#kept?.close();
    this.#kept = retain(counter);
  }

  async keptValue(): Promise<number | undefined> {
    return this.#kept?.call.value();
  }

  dropCounter(): void {
    this.#kept?.close();
    this.#kept = undefined;
  }

  /** The client as one of whom nothing is known: any name may be tried. */
  get #client(): Peer {
    return this.peer as unknown as Peer;
  }
}

/** Any function of two arguments: what they must be is between the caller and its function. */
type Fold = (result: never, value: never) => unknown;
