import { Buffer } from 'node:buffer';
import {
  broadcast,
  connect,
  createServer,
  Handler,
  kw,
  type Peer,
  type Received,
  type Reference,
  type RemoteFunction,
  type RemoteIterable,
  type RemoteMethod,
  type RemoteObject,
  type RemotePromise,
  retain,
  type Sendable,
  type Server,
} from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, expectTypeOf, test } from 'vitest';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

interface Tree {
  readonly name: string;
  readonly children: Tree[];
  readonly parent?: Tree;
}

type Sum = readonly ['number', number] | ['sum', Sum, Sum] | ['minus', Sum];

interface Row {
  id: number;
  tags?: readonly string[];
  at: [x: number, y: number];
  when: Date;
}

class Leaf extends Handler {
  size(): number {
    return 1;
  }
}

interface Branch {
  readonly leaf: Leaf;
  readonly branches: readonly Branch[];
  readonly byName: ReadonlyMap<string, Leaf>;
}

class Contract extends Handler {
  json(value: Json): Json {
    return value;
  }
  tree(tree: Tree): Tree {
    return tree;
  }
  sum(sum: Sum): Sum {
    return ['minus', sum];
  }
  rows(rows: readonly Row[]): Row[] {
    return [...rows];
  }
  branch(): Branch {
    const leaf = new Leaf();
    return { leaf, branches: [], byName: new Map([['a', leaf]]) };
  }
  names(names: ReadonlySet<string>, more: ReadonlyMap<string, number>): ReadonlySet<string> {
    return new Set([...names, ...more.keys()]);
  }
  bytes(bytes: Uint8Array): Buffer {
    return Buffer.from(bytes);
  }
  nothing(): undefined {
    return undefined;
  }
  quiet(): void {}
  maybe?(text: string): string;
  Shout(): void {}
  add(a: number, b: string): string {
    return a + b;
  }
}

async function open(): Promise<AsyncDisposable & { readonly peer: Peer<Contract> }> {
  const network = memory();
  const server = await createServer(network, () => new Contract());
  const peer = await connect<Contract>(network);
  return {
    peer,
    async [Symbol.asyncDispose]() {
      await peer.close();
      await server.close();
    },
  };
}

test('data comes back as it was declared, however it refers to itself', async () => {
  await using session = await open();
  const { call } = session.peer;
  const json = await call.json([1, { a: ['x', null] }]);
  expectTypeOf(json).toEqualTypeOf<Json>();
  expect(json).toEqual([1, { a: ['x', null] }]);
  const tree = await call.tree({ name: 'a', children: [{ name: 'b', children: [] }] });
  expectTypeOf(tree).toEqualTypeOf<Tree>();
  const rows = await call.rows([{ id: 1, tags: ['x'], at: [1, 2], when: new Date(0) }] as const);
  expectTypeOf(rows).toEqualTypeOf<Row[]>();
  expect(rows[0]?.when).toEqual(new Date(0));
  const sum = await call.sum(['sum', ['number', 1], ['minus', ['number', 2]]]);
  expectTypeOf(sum).toEqualTypeOf<Sum>();
  expect(sum).toEqual(['minus', ['sum', ['number', 1], ['minus', ['number', 2]]]]);
  await call.sum([
    'minus',
    [
      'number',
      // @ts-expect-error a text is no number
      '2',
    ],
  ]);
});

test('what holds references changes where they are, however it refers to itself', async () => {
  await using session = await open();
  const branch = await session.peer.call.branch();
  expectTypeOf(branch.leaf).toEqualTypeOf<RemoteObject<Leaf>>();
  expectTypeOf(branch.branches[0]?.branches[0]?.leaf).toEqualTypeOf<RemoteObject<Leaf> | undefined>();
  expectTypeOf(branch.byName).toEqualTypeOf<Map<string, RemoteObject<Leaf>>>();
  expect(await branch.byName.get('a')?.call.size()).toBe(1);
});

test('an error is at the argument that is wrong', async () => {
  await using session = await open();
  const { call, notify, method } = session.peer;
  await expect(
    call.add(
      // @ts-expect-error a text is no number
      '1',
      'b',
    ),
  ).resolves.toBe('1b');
  method.add(
    1,
    // @ts-expect-error a number is no text
    2,
  );
  notify.rows([
    {
      id: 1,
      at: [1, 2],
      // @ts-expect-error a text is no Date
      when: 'now',
    },
  ]);
  notify.add(
    1,
    'b',
    // @ts-expect-error too many
    'c',
  );
  expectTypeOf(call.add).toBeCallableWith(...([1, 'b'] as [number, string]));
  const later: (a: number, b: string) => PromiseLike<string> = call.add; // a function like any other
  expect(await later(1, 'b')).toBe('1b');
  expectTypeOf<Parameters<RemoteMethod<[a: number, b: string], void>>>().toEqualTypeOf<
    [a: number, b: string]
  >();
});

test('what arrives is what is said', async () => {
  await using session = await open();
  const { call, pipe } = session.peer;
  const names = await call.names(new Set(['a']), new Map([['b', 1]]));
  expectTypeOf(names).toEqualTypeOf<Set<string>>();
  expect(names).toEqual(new Set(['a', 'b']));
  const bytes = await call.bytes(Buffer.from('ab'));
  expectTypeOf(bytes).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
  expect([bytes.constructor, bytes.length]).toEqual([Uint8Array, 2]);
  const nothing = await call.nothing();
  expectTypeOf(nothing).toEqualTypeOf<null>();
  expect(nothing).toBe(null);
  expectTypeOf(await call.quiet()).toEqualTypeOf<void>();
  expectTypeOf((await pipe.add(1, 'b').next()).value).toEqualTypeOf<string | null>();
});

test('a method is there for the compiler if it is there for the library', async () => {
  await using session = await open();
  const { call } = session.peer;
  // An optional one can be called, and answers that it is not there.
  await expect(call.maybe('x')).rejects.toThrow("Unknown method 'maybe'");
  // @ts-expect-error of a class only what begins with a lower-case letter is published
  await expect(call.Shout()).rejects.toThrow("Unknown method 'Shout'");
});

test('what never travels is marked', () => {
  expectTypeOf<Sendable<{ id: symbol; at: Promise<number>; n: number }>>().toEqualTypeOf<{
    readonly id: never;
    readonly at: never;
    readonly n: number;
  }>();
  expectTypeOf<Received<{ at: Promise<number> }>>().toEqualTypeOf<{ at: never }>();
});

interface Ears {
  hear(text: string): void;
}
class Told extends Handler<Ears> {}
class Both extends Handler {
  hear(_text: string): void {}
}

test('a server knows what its clients publish from its handler', async () => {
  const network = memory();
  await using server = await createServer(network, () => new Told());
  expectTypeOf(server.notify.hear).toBeCallableWith('x');
  await using other = await createServer(memory(), async () => new Told());
  expectTypeOf(other.notify.hear).toBeCallableWith('x');
  await using some = await createServer(memory(), ({ principal }) => (principal ? new Told() : undefined));
  expectTypeOf(some).toEqualTypeOf<Server<Ears>>();
  await using nobody = await createServer(memory(), () => undefined);
  expectTypeOf(nobody).toEqualTypeOf<Server<unknown>>();
  // What is said counts, be it of a class that the handler is of as well.
  await using equals = await createServer<Both>(memory(), () => new Both());
  expectTypeOf(equals).toEqualTypeOf<Server<Both>>();
  await using said = await createServer<Ears>(memory(), () => ({ add: (a: number) => a }));
  expectTypeOf(said).toEqualTypeOf<Server<Ears>>();
  expect(server.connections.size).toBe(0);
});

interface Room {
  say(text: string): number;
}

interface Chat {
  room(name: string): Reference<Room>;
  rooms(): Promise<readonly Reference<Room>[]>;
  join(room: Reference<Room>, hear: (text: string) => void): boolean;
}

class ChatRoom extends Handler implements Room {
  said = 0;
  say(_text: string): number {
    return ++this.said;
  }
}

class ChatServer extends Handler implements Chat {
  readonly #rooms = new Map<string, ChatRoom>();
  room(name: string): ChatRoom {
    const room = this.#rooms.get(name) ?? new ChatRoom();
    this.#rooms.set(name, room);
    return room;
  }
  async rooms(): Promise<ChatRoom[]> {
    return [...this.#rooms.values()];
  }
  join(room: ChatRoom, hear: (text: string) => void): boolean {
    hear(`${room.said}`);
    return room instanceof ChatRoom;
  }
}

test('a contract may be an interface, without a class of the other side', async () => {
  const network = memory();
  await using _server = await createServer(network, () => new ChatServer());
  await using peer = await connect<Chat>(network);
  const room = await peer.call.room('a');
  expectTypeOf(room).toEqualTypeOf<RemoteObject<Room>>();
  expect(await room.call.say('hello')).toBe(1);
  expect(await peer.call.room('a').call.say('again')).toBe(2);
  const [same] = await peer.call.rooms();
  const heard: string[] = [];
  expect(await peer.call.join(same ?? room, (text) => void heard.push(text))).toBe(true);
  expect(heard).toEqual(['2']);
  const never = (): void => {
    // @ts-expect-error an object that is none of the server's
    void peer.call.join({ say: () => 1 }, () => {});
    // @ts-expect-error the room is far away
    room.say('hello');
  };
  expect(never).toBeTypeOf('function');
});

test('who implements such a contract must extend Handler', () => {
  class Wrong {
    say(): number {
      return 1;
    }
  }
  class WrongServer extends Handler {
    room(): Wrong {
      return new Wrong();
    }
  }
  const server = new WrongServer();
  // @ts-expect-error a Wrong would not travel
  const chat: Pick<Chat, 'room'> = server;
  expect(chat).toBe(server);
  expectTypeOf<Received<Reference<Room>>>().toEqualTypeOf<RemoteObject<Room>>();
});

test('an object of this side is a Handler, be its contract an interface; a stream is a stream', async () => {
  class Hearing extends Handler implements Ears {
    readonly texts: string[] = [];
    hear(text: string): void {
      this.texts.push(text);
    }
  }
  class Calling extends Handler {
    async join(who: RemoteObject<Ears>): Promise<void> {
      await who.call.hear('welcome');
    }
    async sum(numbers: RemoteIterable<number>): Promise<number> {
      let sum = 0;
      for await (const n of numbers) sum += n;
      return sum;
    }
  }
  const network = memory();
  await using _server = await createServer(network, () => new Calling());
  await using peer = await connect<Calling>(network);
  const own = new Hearing();
  await peer.call.join(own);
  expect(own.texts).toEqual(['welcome']);
  // @ts-expect-error it would travel by value, with functions in it
  await expect(peer.call.join({ hear: () => {} })).rejects.toThrow();
  expect(await peer.call.sum([1, 2].values())).toBe(3);
  // @ts-expect-error a number is no stream
  await expect(peer.call.sum(12)).rejects.toThrow();
});

test('an object of a third side is passed on; the one who owns it gets itself', async () => {
  interface Guest {
    meet(other: RemoteObject<Ears>): Promise<void>;
  }
  class Hearing extends Handler implements Ears {
    readonly texts: string[] = [];
    hear(text: string): void {
      this.texts.push(text);
    }
  }
  const all: RemoteObject<Ears>[] = [];
  class Hub extends Handler<Guest> {
    async join(who: RemoteObject<Ears>): Promise<void> {
      for (const one of all) await this.peer.call.meet(one); // of another connection
      all.push(retain(who));
    }
    members(): RemoteObject<Ears>[] {
      return all;
    }
  }
  class Greeting extends Handler implements Guest {
    async meet(other: RemoteObject<Ears>): Promise<void> {
      await other.call.hear('pleased to meet you');
    }
  }
  const network = memory();
  await using _server = await createServer(network, () => new Hub());
  await using one = await connect<Hub>(network);
  await using other = await connect<Hub>(network, { handler: new Greeting() });
  const own = new Hearing();
  await one.call.join(own);
  await other.call.join(new Hearing());
  expect(own.texts).toEqual(['pleased to meet you']);
  const [mine, theirs] = await one.call.members();
  expectTypeOf(mine).toEqualTypeOf<Ears | RemoteObject<Ears> | undefined>();
  expect(mine).toBe(own);
  if (!theirs || !('call' in theirs)) throw new TypeError('not the one who owns it');
  await theirs.call.hear('a member');
});

test('who wants no result of a function takes one of any; who wants a number, only that', () => {
  type Told = Sendable<(text: string) => void>;
  type Asked = Sendable<(text: string) => number>;
  const texts: string[] = [];
  const push = (text: string): number => texts.push(text);
  const later = async (text: string): Promise<number> => push(text);
  expectTypeOf(push).toExtend<Told>();
  expectTypeOf(later).toExtend<Told>();
  expectTypeOf(push).toExtend<Asked>();
  expectTypeOf(later).toExtend<Asked>();
  expectTypeOf<(text: string) => string>().not.toExtend<Asked>();
});

class Listeners extends Handler {
  readonly all = new Set<RemoteFunction<(text: string) => void>>();
  subscribe(listener: RemoteFunction<(text: string) => void>): void {
    this.all.add(retain(listener));
  }
  async twice(ask: RemoteFunction<(n: number) => number>): Promise<number> {
    const answer = ask(2);
    expectTypeOf(answer).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error it is a promise, and not here yet
    expect(answer + 1).toBeTypeOf('string');
    return (await answer) * 2;
  }
  async tell(text: string): Promise<void> {
    broadcast(this.all)(text);
    for (const listener of this.all) {
      const told = listener(text);
      expectTypeOf(told).toEqualTypeOf<Promise<unknown>>(); // it may give anything, and fail
      await told.catch(() => {});
    }
  }
}

test('a function that came gives a promise, whatever it gives on its side', async () => {
  const network = memory();
  await using _server = await createServer(network, () => new Listeners());
  await using peer = await connect<Listeners>(network);
  const texts: string[] = [];
  await peer.call.subscribe((text) => texts.push(text));
  await peer.call.tell('a');
  expect(texts).toEqual(['a', 'a']);
  expect(await peer.call.twice((n) => n + 1)).toBe(6);
  expect(await peer.call.twice(async (n) => n + 1)).toBe(6);
  // @ts-expect-error a number is wanted of it
  await expect(peer.call.twice((n) => `${n}`)).resolves.toBe(4);
  expectTypeOf<ReturnType<RemoteFunction<(n: number) => RemotePromise<string>>>>().toEqualTypeOf<
    RemotePromise<string>
  >();
});

class Travel extends Handler {
  static override readonly parameters = {
    book: ['from', 'to', 'seats'],
    pack: ['first', '*more'],
  } as const;

  book(from: string, to: string, seats = 1): string {
    return `${seats} from ${from} to ${to}`;
  }
  pack(first: string, ...more: string[]): number {
    return more.length + first.length;
  }
  plain(a: number): number {
    return a;
  }
}

test('keyword arguments are typed where the contract is a class that declares its parameters', async () => {
  const network = memory();
  await using _server = await createServer(network, () => new Travel());
  await using peer = await connect<typeof Travel>(network);
  const { call } = peer;

  expect(await call.book('Oslo', 'Rome', 2)).toBe('2 from Oslo to Rome');
  expect(await call.book('Oslo', kw({ seats: 2, to: 'Rome' }))).toBe('2 from Oslo to Rome');
  expect(await call.book(kw({ from: 'Oslo', to: 'Rome' }))).toBe('1 from Oslo to Rome');
  expectTypeOf(call.book('Oslo', 'Rome')).toEqualTypeOf<RemotePromise<string>>();
  expect(await peer.method.book('Oslo', 'Rome', kw({ seats: 3 })).value).toBe('3 from Oslo to Rome');
  expect(await call.pack('a', kw({}))).toBe(1);
  expect(await call.pack(kw({ first: 'ab' }))).toBe(2);
  const anything: ReturnType<typeof JSON.parse> = 'b'; // `any` is no keywords
  expect(await call.pack('a', 'b', anything)).toBe(3);
  expectTypeOf(call.plain(kw({ a: 1 }))).toEqualTypeOf<RemotePromise<number>>(); // it declares none

  const wrong = [
    // @ts-expect-error: no such name
    () => call.book('Oslo', kw({ to: 'Rome', seat: 2 })),
    // @ts-expect-error: a number is asked for
    () => call.book('Oslo', kw({ to: 'Rome', seats: 'two' })),
    // @ts-expect-error: `to` is needed
    () => call.book('Oslo', kw({ seats: 2 })),
    // @ts-expect-error: it has been given already
    () => call.book('Oslo', kw({ from: 'Rome', to: 'Rome' })),
    // @ts-expect-error: no such method
    () => call.fly(),
  ];
  expect(wrong.length).toBe(5);
});

class Forms extends Handler {
  find(id: number): string;
  find(name: string, exact: boolean): number;
  find(key: number | string, exact = false): string | number {
    return typeof key === 'number' ? `number ${key}` : key.length + Number(exact);
  }
  same<T>(value: T): T {
    return value;
  }
  longest<T extends { length: number }>(one: T, other: T): T {
    return one.length > other.length ? one : other;
  }
  bound(this: Forms, by: number): number {
    return by + this.find('ab', true);
  }
}

test('overloads are all there; a generic method takes and gives what its type parameter is bound to; `this` is no argument', async () => {
  const network = memory();
  await using _server = await createServer(network, () => new Forms());
  await using peer = await connect<Forms>(network);
  const { call } = peer;

  expectTypeOf(await call.find(1)).toEqualTypeOf<string>();
  expectTypeOf(await call.find('ab', true)).toEqualTypeOf<number>();
  expect([await call.find(1), await call.find('ab', true)]).toEqual(['number 1', 3]);
  expectTypeOf(await peer.method.find('ab', true).value).toEqualTypeOf<number>();
  // @ts-expect-error: no overload takes a text alone
  expect(await call.find('ab')).toBe(2);

  expectTypeOf(await call.same({ a: 1 })).toEqualTypeOf<unknown>();
  expectTypeOf(await call.longest([1], [2, 3])).toEqualTypeOf<{ length: number }>();
  expect(await call.longest([1], [2, 3])).toEqual([2, 3]);

  expectTypeOf(await call.bound(1)).toEqualTypeOf<number>();
  expect(await call.bound(1)).toBe(4);
});
