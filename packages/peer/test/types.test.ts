import {
  type AnyPeer,
  type CallContext,
  type CallProxy,
  connect,
  createServer,
  Handler,
  type Keywords,
  kw,
  type Peer,
  type Received,
  type RemoteFunction,
  type RemoteIterable,
  type RemoteMethod,
  type RemoteObject,
  type RemotePromise,
  type RemoteStream,
  type Request,
  type Sendable,
} from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, expectTypeOf, onTestFinished, test } from 'vitest';

declare module '@bjsonrpc/peer' {
  interface ValueClasses {
    Point: Point;
  }
}

/** Registered with a codec, in a program: its instances keep their type. */
class Point {
  readonly x: number;
  #secret = 0;
  constructor(x: number) {
    this.x = x;
  }
  norm(): number {
    return Math.abs(this.x) + this.#secret;
  }
}

class MyList extends Handler {
  readonly name = 'a field is not published';
  readonly settings = { verbose: true, log(): void {} };
  #items: number[] = [];
  add(item: number): void {
    this.#items.push(item);
  }
  items(): number[] {
    return this.#items;
  }
  self(): MyList {
    return this;
  }
  get size(): number {
    return this.#items.length;
  }
  _hidden(): number {
    return 1;
  }
}

class ClientApi extends Handler<Api> {
  whoAreYou(): string {
    return 'me';
  }
  watch(list: RemoteObject<MyList>): Promise<number[]> {
    return list.call.items();
  }
}

interface Found {
  readonly list: MyList;
  readonly count?: number;
  readonly when: Date;
  readonly run: (n: number) => string;
  readonly nested: { readonly lists: readonly MyList[]; readonly byName: Map<string, MyList> };
}

class Thenable extends Handler {
  then(): void {}
}

class Base extends Handler<ClientApi> {
  inherited(flag: boolean): boolean {
    return flag;
  }
}

class Api extends Base {
  add(a: number, b: number): number {
    return a + b;
  }
  async later(text: string): Promise<string> {
    return text;
  }
  nothing(): void {}
  newList(): MyList {
    return new MyList();
  }
  async maybe(there: boolean): Promise<MyList | null> {
    return there ? new MyList() : null;
  }
  perhaps(there: boolean): string | undefined {
    return there ? 'here' : undefined;
  }
  merge(a: MyList, b: MyList | null): number[] {
    return [...a.items(), ...(b?.items() ?? [])];
  }
  find(): Found {
    const list = new MyList();
    const nested = { lists: [list], byName: new Map([['a', list]]) };
    return { list, when: new Date(0), run: (n) => n.toFixed(1), nested };
  }
  useAll(all: { readonly lists: MyList[]; readonly byName: Map<string, MyList> }): number {
    return all.lists.length + all.byName.size;
  }
  async reduce(fn: (a: number, b: number) => number | Promise<number>, xs: number[]): Promise<number> {
    let result = xs[0] ?? 0;
    for (const x of xs.slice(1)) result = await fn(result, x);
    return result;
  }
  onChange(callback: (value: number, list: MyList) => void): () => void {
    callback(1, new MyList());
    return () => {};
  }
  adder(a: number): (b: number) => number {
    return (b) => a + b;
  }
  opt(text: string, times?: number, ...rest: boolean[]): string {
    return text + String(times) + rest.join();
  }
  async *tick(n: number): AsyncGenerator<number, string> {
    for (let i = 0; i < n; i++) yield i;
    return 'done';
  }
  *count(n: number): Generator<number, void> {
    for (let i = 0; i < n; i++) yield i;
  }
  feed(): AsyncIterable<MyList> {
    return (async function* () {
      yield new MyList();
    })();
  }
  async total(items: AsyncIterable<number>): Promise<number> {
    let sum = 0;
    for await (const item of items) sum += item;
    return sum;
  }
  useClient(client: RemoteObject<ClientApi>): Promise<string> {
    return client.call.whoAreYou();
  }
  first<T>(items: T[]): T | undefined {
    return items[0];
  }
  pick<T extends { readonly id: number }>(item: T): number {
    return item.id;
  }
  move(point: Point): Point {
    return new Point(point.x + 1);
  }
  rich(value: Map<string, Set<bigint>>): Uint8Array {
    return new Uint8Array(value.size);
  }
  row(): [name: string, list: MyList, count?: number] {
    return ['a', new MyList()];
  }
  override async onOpen(): Promise<void> {}
  override onClose(): void {}
  toJSON(): string {
    return '';
  }
  _internal(): number {
    return 1;
  }
  protected guarded(): number {
    return this.hidden();
  }
  private hidden(): number {
    return 1;
  }
}

/** What is written in the callback is checked by the compiler, and not run. */
function typed<Given>(_written: (given: Given) => unknown): void {}

test('a call gives a promise of the result', () => {
  typed(({ call }: Peer<Api>) => {
    expectTypeOf(call.add(1, 2)).toEqualTypeOf<RemotePromise<number>>();
    expectTypeOf(call.later('x')).toEqualTypeOf<RemotePromise<string>>();
    expectTypeOf(call.nothing()).toEqualTypeOf<RemotePromise<void>>();
    expectTypeOf(call.inherited(true)).toEqualTypeOf<RemotePromise<boolean>>();
    expectTypeOf(call.add).toEqualTypeOf<RemoteMethod<[a: number, b: number], RemotePromise<number>>>();
    expectTypeOf<Awaited<ReturnType<typeof call.add>>>().toEqualTypeOf<number>();
    // @ts-expect-error: a text is no number
    call.add('1', 2);
    // @ts-expect-error: one argument too few
    call.add(1);
    // @ts-expect-error: one argument too many
    call.add(1, 2, 3);
    // @ts-expect-error: no such method
    call.sub(1, 2);
    // @ts-expect-error: nobody can replace a method of the other side
    call.add = call.inherited;
  });
});

test('method gives a Request, notify nothing', () => {
  typed(({ method, notify }: Peer<Api>) => {
    expectTypeOf(method.add(1, 2)).toEqualTypeOf<Request<number>>();
    expectTypeOf(method.add(1, 2).value).toEqualTypeOf<RemotePromise<number>>();
    expectTypeOf(method.newList().value.call.items()).toEqualTypeOf<RemotePromise<number[]>>();
    expectTypeOf(notify.add(1, 2)).toEqualTypeOf<void>();
    expectTypeOf(notify.later('x')).toEqualTypeOf<void>();
    // @ts-expect-error: the same arguments as in a call
    method.add('1', 2);
    // @ts-expect-error: the same arguments as in a call
    notify.add(1);
  });
});

test('a Handler arrives as a RemoteObject, and goes back as one', () => {
  typed(async ({ call }: Peer<Api>) => {
    expectTypeOf(call.newList()).toEqualTypeOf<RemotePromise<RemoteObject<MyList>>>();
    const list = await call.newList();
    expectTypeOf(list.call.items()).toEqualTypeOf<RemotePromise<number[]>>();
    expectTypeOf(list.call.self()).toEqualTypeOf<RemotePromise<RemoteObject<MyList>>>();
    expectTypeOf(list.notify.add(1)).toEqualTypeOf<void>();
    expectTypeOf(list.method.items()).toEqualTypeOf<Request<number[]>>();
    expectTypeOf(call.merge(list, list)).toEqualTypeOf<RemotePromise<number[]>>();
    call.merge(list, null);
    call.merge(list, call.newList());
    using _disposable = list;
    // @ts-expect-error: an object of this side would not be the server's own
    call.merge(new MyList(), null);
    // @ts-expect-error: null where an object is wanted
    call.merge(null, list);
    // @ts-expect-error: the promise of data is not the promise of an object
    call.merge(call.add(1, 2), null);
    // @ts-expect-error: what the class has as a field
    list.call.name;
  });
});

test('an object of this side goes as itself where the other side declares a RemoteObject', () => {
  typed(({ call }: Peer<Api>) => {
    expectTypeOf(call.useClient(new ClientApi())).toEqualTypeOf<RemotePromise<string>>();
    // @ts-expect-error: an object of another class
    call.useClient(new MyList());
  });
  typed(({ peer }: Api) => {
    expectTypeOf(peer).toEqualTypeOf<Peer<ClientApi>>();
    expectTypeOf(peer.call.whoAreYou()).toEqualTypeOf<RemotePromise<string>>();
    peer.call.watch(new MyList());
  });
});

test('calls are built on the promise of an object, and on nothing else', () => {
  typed(({ call, method }: Peer<Api>) => {
    expectTypeOf(call.newList().call.items()).toEqualTypeOf<RemotePromise<number[]>>();
    expectTypeOf(call.newList().call.self().call.self().call.items()).toEqualTypeOf<
      RemotePromise<number[]>
    >();
    expectTypeOf(call.newList().notify.add(1)).toEqualTypeOf<void>();
    expectTypeOf(call.newList().method.items()).toEqualTypeOf<Request<number[]>>();
    expectTypeOf(call.newList().pipe.items()).toEqualTypeOf<RemoteStream<number[], null>>();
    expectTypeOf(method.newList().value.call.items()).toEqualTypeOf<RemotePromise<number[]>>();
    expectTypeOf(call.maybe(true).call.items()).toEqualTypeOf<RemotePromise<number[]>>();
    // @ts-expect-error: a number has no remote methods
    call.add(1, 2).call.toFixed();
    // @ts-expect-error: nor has an array
    call.newList().call.items().call.push(1);
    // @ts-expect-error: nor has a Date, or whatever else is a value
    call.move(new Point(1)).call.norm();
    // @ts-expect-error: no such method
    call.newList().call.nope();
  });
});

test('null and undefined', () => {
  typed(async ({ call }: Peer<Api>) => {
    expectTypeOf(await call.maybe(true)).toEqualTypeOf<RemoteObject<MyList> | null>();
    expectTypeOf(await call.perhaps(true)).toEqualTypeOf<string | null>(); // JSON's nothing
    expectTypeOf(await call.nothing()).toEqualTypeOf<void>();
  });
});

test('data keeps its shape, with what is in it changed', () => {
  typed(async ({ call }: Peer<Api>) => {
    const found = await call.find();
    expectTypeOf(found.list).toEqualTypeOf<RemoteObject<MyList>>();
    expectTypeOf(found.count).toEqualTypeOf<number | undefined>();
    expectTypeOf(found.when).toEqualTypeOf<Date>();
    expectTypeOf(found.run(1)).toEqualTypeOf<RemotePromise<string>>();
    expectTypeOf(found.nested.lists).toEqualTypeOf<readonly RemoteObject<MyList>[]>();
    expectTypeOf(found.nested.byName).toEqualTypeOf<Map<string, RemoteObject<MyList>>>();
    const [name, list, count] = await call.row();
    expectTypeOf(name).toEqualTypeOf<string>();
    expectTypeOf(list).toEqualTypeOf<RemoteObject<MyList>>();
    expectTypeOf(count).toEqualTypeOf<number | undefined>();
    call.useAll({ lists: [list], byName: new Map([['a', list]]) });
    call.useAll({ lists: [list, call.newList()] as const, byName: new Map() }); // what is sent may be readonly
    // @ts-expect-error: a number among the lists
    call.useAll({ lists: [1], byName: new Map() });
  });
  expectTypeOf<Received<{ a: MyList | null }[]>>().toEqualTypeOf<{ a: RemoteObject<MyList> | null }[]>();
  expectTypeOf<Sendable<{ a: MyList[] }>>().toEqualTypeOf<{
    readonly a: readonly (RemoteObject<MyList> | RemotePromise<RemoteObject<MyList>>)[];
  }>();
});

test('values beyond JSON, and registered classes, keep their types', () => {
  typed(async ({ call }: Peer<Api>) => {
    expectTypeOf(await call.rich(new Map([['a', new Set([1n])]]))).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
    expectTypeOf(await call.move(new Point(1))).toEqualTypeOf<Point>();
    // @ts-expect-error: looks like a Point, and has not its private members
    call.move({ x: 1, norm: () => 1 });
  });
});

test('functions of this side know what they get', () => {
  typed(async ({ call }: Peer<Api>) => {
    expectTypeOf(call.reduce((a, b) => a * b, [1, 2])).toEqualTypeOf<RemotePromise<number>>();
    call.reduce(async (a, b) => a - b, [1, 2]);
    call.reduce(call.add, [1, 2]); // a method of the other side, by reference
    const numbers: readonly number[] = [1, 2];
    call.reduce(Math.max, numbers);
    call.onChange((value, list) => {
      expectTypeOf(value).toEqualTypeOf<number>();
      expectTypeOf(list).toEqualTypeOf<RemoteObject<MyList>>();
    });
    // @ts-expect-error: gives a text where a number is wanted
    call.reduce((a, b) => `${a}${b}`, [1, 2]);
    // @ts-expect-error: a method of other parameters
    call.reduce(call.later, [1, 2]);
  });
});

test('functions of the other side are called there', () => {
  typed(async ({ call }: Peer<Api>) => {
    const add5 = await call.adder(5);
    expectTypeOf(add5).toEqualTypeOf<RemoteFunction<(b: number) => RemotePromise<number>>>();
    expectTypeOf(add5(1)).toEqualTypeOf<RemotePromise<number>>();
    add5.notify(1);
    add5.retain()(2);
    using stop = await call.onChange(() => {});
    expectTypeOf(stop()).toEqualTypeOf<RemotePromise<void>>();
    // @ts-expect-error: a text where it takes a number
    add5('1');
    // @ts-expect-error: a function has no remote methods
    call.adder(5).call.close();
  });
});

test('streams, piped', () => {
  typed(async ({ pipe }: Peer<Api>) => {
    expectTypeOf(pipe.tick(3)).toEqualTypeOf<RemoteStream<number, string>>();
    expectTypeOf(pipe.count(3)).toEqualTypeOf<RemoteStream<number, void>>();
    expectTypeOf(pipe.feed()).toEqualTypeOf<RemoteStream<RemoteObject<MyList>, null>>();
    for await (const item of pipe.tick(3)) expectTypeOf(item).toEqualTypeOf<number>();
    for await (const item of pipe.count(3)) expectTypeOf(item).toEqualTypeOf<number>();
    const step = await pipe.tick(3).next();
    if (step.done) expectTypeOf(step.value).toEqualTypeOf<string>();
    else expectTypeOf(step.value).toEqualTypeOf<number>();
    expectTypeOf(pipe.add(1, 2)).toEqualTypeOf<RemoteStream<number, null>>(); // one item
    // @ts-expect-error: the same arguments as in a call
    pipe.tick('3');
  });
});

test('streams, by reference', () => {
  typed(async ({ call }: Peer<Api>) => {
    expectTypeOf(await call.tick(3)).toEqualTypeOf<RemoteIterable<number>>();
    expectTypeOf(await call.count(3)).toEqualTypeOf<RemoteIterable<number>>();
    const lists = await call.feed();
    for await (const list of lists) expectTypeOf(list).toEqualTypeOf<RemoteObject<MyList>>();
    async function* numbers(): AsyncGenerator<number> {
      yield 1;
    }
    expectTypeOf(call.total(numbers())).toEqualTypeOf<RemotePromise<number>>();
    call.total(await call.tick(3));
    call.total(new ReadableStream<number>());
    // @ts-expect-error: a stream of texts
    call.total(new ReadableStream<string>());
  });
});

test('optional and rest parameters, and keyword arguments last', () => {
  typed(({ call }: Peer<Api>) => {
    call.opt('x');
    call.opt('x', 1);
    call.opt('x', undefined, true);
    call.opt('x', 1, true, false);
    call.add(kw({ a: 1, b: 2 }));
    call.add(1, kw({ b: 2 }));
    call.nothing(kw({ any: 1 }));
    call.opt('x', 1, true, kw({ extra: 1 }));
    call.reduce(kw({ fn: call.add, xs: [1, 2] }));
    expectTypeOf(call.add(1, kw({ b: 2 }))).toEqualTypeOf<RemotePromise<number>>();
    expectTypeOf(kw({ a: 1 })).toEqualTypeOf<Keywords<{ a: number }>>();
    // @ts-expect-error: positional ones are checked beside keywords, too
    call.add('1', kw({ b: 2 }));
    // @ts-expect-error: keywords come last
    call.add(kw({ a: 1 }), 2);
    // @ts-expect-error: rest parameters of another type
    call.opt('x', 1, 'true');
  });
});

test('generic methods are tolerated', () => {
  typed(({ call }: Peer<Api>) => {
    call.first([1, 2]);
    call.first(['a', { b: 1 }]);
    expectTypeOf(call.pick({ id: 1 })).toEqualTypeOf<RemotePromise<number>>();
    // @ts-expect-error: outside the type parameter's bound
    call.pick({ id: 'a' });
  });
});

test('namespaces', () => {
  const api = {
    math: new MyList(),
    deep: { text: { upper: (text: string): string => text.toUpperCase() } },
    version: '1',
    sizes: [1, 2],
    since: new Date(0),
    hello: (name: string): string => name,
  };
  typed(({ call, method, notify, pipe }: Peer<typeof api>) => {
    expectTypeOf(call.hello('x')).toEqualTypeOf<RemotePromise<string>>();
    expectTypeOf(call.math.items()).toEqualTypeOf<RemotePromise<number[]>>();
    expectTypeOf(call.deep.text.upper('x')).toEqualTypeOf<RemotePromise<string>>();
    expectTypeOf(method.deep.text.upper('x')).toEqualTypeOf<Request<string>>();
    expectTypeOf(notify.math.add(1)).toEqualTypeOf<void>();
    expectTypeOf(pipe.math.items()).toEqualTypeOf<RemoteStream<number[], null>>();
    // @ts-expect-error: data is not published
    call.version;
    // @ts-expect-error: data is not published
    call.sizes;
    // @ts-expect-error: data is not published
    call.since;
    // @ts-expect-error: a Handler has no namespaces
    call.math.settings.log();
  });
});

test('what is not published is not there', () => {
  expectTypeOf<keyof CallProxy<MyList>>().toEqualTypeOf<'add' | 'items' | 'self'>();
  expectTypeOf<keyof CallProxy<ClientApi>>().toEqualTypeOf<'whoAreYou' | 'watch'>();
  typed(({ call }: Peer<Api>) => {
    // @ts-expect-error: protected, for the compiler
    call.guarded();
    // @ts-expect-error: private, for the compiler
    call.hidden();
    // @ts-expect-error: an underscore
    call._internal();
    // @ts-expect-error: a hook
    call.onOpen();
    // @ts-expect-error: a hook
    call.onClose();
    // @ts-expect-error: a member of every Handler
    call.peer;
    // @ts-expect-error: asked for by JSON.stringify
    call.toJSON();
  });
  expectTypeOf<keyof CallProxy<Thenable>>().toEqualTypeOf<never>();
});

test('names of any form, and those that begin with $/', () => {
  interface Server {
    'textDocument/hover'(params: { line: number }): { text: string } | null;
    '$/setTrace'(params: { value: string }): void;
    '_vendor/reload'(): void;
    $hidden(): void;
    _hidden(): void;
  }
  type Names = 'textDocument/hover' | '$/setTrace' | '_vendor/reload';
  expectTypeOf<keyof CallProxy<Server>>().toEqualTypeOf<Names>();
  typed(async ({ call, notify }: Peer<Server>) => {
    expectTypeOf(await call['textDocument/hover']({ line: 1 })).toEqualTypeOf<{ text: string } | null>();
    notify['$/setTrace']({ value: 'off' });
    // @ts-expect-error: another parameter
    call['textDocument/hover']({ column: 1 });
  });
});

test('a peer whose type is not known', () => {
  typed(async (peer: Peer) => {
    // The `?` is for noUncheckedIndexedAccess, with which this project compiles.
    expectTypeOf(await peer.call.anything?.(1, 'x')).toEqualTypeOf<unknown>();
    expectTypeOf(await peer.call.math?.add?.(1, 2)).toEqualTypeOf<unknown>();
    peer.notify.anything?.();
    peer.method.anything?.(kw({ a: 1 })).cancel();
    for await (const item of peer.pipe.anything?.() ?? []) expectTypeOf(item).toEqualTypeOf<unknown>();
    await peer.call.newList?.().call.items?.();
  });
  // Or the methods that are called are named.
  typed(async (peer: Peer<{ add(a: number, b: number): number }>) => {
    expectTypeOf(await peer.call.add(1, 2)).toEqualTypeOf<number>();
  });
  expectTypeOf<Received<unknown>>().toEqualTypeOf<unknown>();
  expectTypeOf<Sendable<unknown>>().toEqualTypeOf<unknown>();
});

test('a function can take peers of any type, and pass a call’s context on', () => {
  function pendingCalls(peer: AnyPeer): number {
    return peer.stats.pending;
  }
  typed((peer: Peer<Api>) => {
    pendingCalls(peer);
    expectTypeOf(peer.with({ timeout: 5 }).call.add(1, 2)).toEqualTypeOf<RemotePromise<number>>();
  });
  typed(({ peer, context }: { peer: Peer<Api>; context: CallContext }) => {
    peer.with(context).call.add(1, 2);
    pendingCalls(context.peer);
  });
});

test('what the types promise is what arrives', async () => {
  const transport = memory();
  const server = await createServer<ClientApi>(transport, () => new Api());
  const peer = await connect<Api>(transport, { handler: new ClientApi() });
  onTestFinished(async () => {
    await peer.close();
    await server.close();
  });
  expect(await peer.call.perhaps(false)).toBe(null);
  expect(await peer.call.maybe(false)).toBe(null);
  const found = await peer.call.find();
  expect(found.count).toBe(undefined);
  expect(await found.run(1)).toBe('1.0');
  expect(await found.nested.lists[0]?.call.items()).toEqual([]);
  expect(await found.nested.byName.get('a')?.call.items()).toEqual([]);
  const items: number[] = [];
  for await (const item of await peer.call.count(3)) items.push(item);
  for await (const item of await peer.call.tick(2)) items.push(item);
  expect(items).toEqual([0, 1, 2, 0, 1]);
  expect(await peer.call.total(await peer.call.tick(4))).toBe(6);
  expect(await peer.call.merge(peer.call.newList(), await peer.call.newList())).toEqual([]);
  expect(await peer.call.reduce(peer.call.add, [1, 2, 3])).toBe(6);
  expect(await (await peer.call.adder(5))(6)).toBe(11);
  expect(await peer.call.useClient(new ClientApi())).toBe('me');
});
