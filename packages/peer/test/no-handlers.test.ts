import { connect, createServer, Handler, type MethodOwner, type Transport } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';

class Room {
  say(): number {
    return 1;
  }
}

class Api extends Handler {
  hello(): string {
    return 'hello';
  }
}

/** It says what it is, as Sets do. */
class Tagged extends Handler {
  readonly [Symbol.toStringTag] = 'Tagged';
}

const isClass = 'A class or a function is no handler: give an instance of it, or an object of functions';
const publishesNothing = (what: string) =>
  `As a handler, ${what} publishes nothing: let its class say "extends Handler", or give a plain object of functions`;

test.each<[string, unknown, string]>([
  ['an instance of another class', new Room(), publishesNothing('an instance of Room')],
  ['a class', Api, isClass],
  ['a function', () => 1, isClass],
  ['an array', [() => 1], publishesNothing('an instance of Array')],
  ['a Date', new Date(0), publishesNothing('an instance of Date')],
  ['a text', 'hello', publishesNothing('an instance of String')],
  ['null', null, publishesNothing('null')],
])('%s is refused in words, on either side', async (_, given, words) => {
  const network = memory();
  const errors: unknown[] = [];
  const handler = given as MethodOwner;
  await expect(connect(network, { handler })).rejects.toThrow(new TypeError(words));
  await using _server = await createServer(network, () => handler, {
    onError: (error) => errors.push(error),
  });
  await using peer = await connect<Api>(network);
  const { error } = await peer.closed;
  expect(error?.message).toContain(words);
  expect(errors).toContainEqual(new TypeError(words));
});

test.each<[string, unknown]>([
  ['a handler', new Api()],
  ['its class', Api],
  ['an object of functions', { hello: () => 'hello' }],
  ['nothing', undefined],
])('%s makes no handlers, which is said before anybody connects', async (_, factory) => {
  await expect(createServer(memory(), factory as () => Api)).rejects.toThrow(
    /^createServer\(\) takes a function that makes a handler for each connection: .* => new Api\(\)\)$/,
  );
});

test('what is no transport is told so, and a misspelled option which ones there are', async () => {
  const url = 'ws://localhost' as unknown as Transport;
  const said = "transport must be one, such as tcp() or ws(): it is 'ws://localhost'";
  await expect(connect(url)).rejects.toThrow(new TypeError(said));
  await expect(createServer(url, () => new Api())).rejects.toThrow(new TypeError(said));
  const misspelled = { handlr: new Api() } as object;
  await expect(connect(memory(), misspelled)).rejects.toThrow(
    /^options: there is no option 'handlr'; there are handler, signal, .*timeout/,
  );
});

test('a promise of one is to be awaited, which the error says', async () => {
  const handler = Promise.resolve(new Api()) as unknown as MethodOwner;
  await expect(connect(memory(), { handler })).rejects.toThrow(
    new TypeError('A promise is no handler: await it, and give what comes of it'),
  );
});

test('what can be one is one', async () => {
  const network = memory();
  const hello = (): string => 'hello';
  const bare = Object.assign(Object.create(null) as object, { hello });
  for (const handler of [new Api(), { hello }, bare, new Map([['hello', hello]]), Object.freeze({ hello })]) {
    await using _server = await createServer(network, () => handler);
    await using peer = await connect<Api>(network);
    expect(await peer.call.hello()).toBe('hello');
  }
});

test('what TypeScript can tell is none, is none for it', () => {
  const network = memory();
  const never = (): void => {
    // @ts-expect-error a class
    void connect(network, { handler: Api });
    // @ts-expect-error an array
    void connect(network, { handler: [() => 1] });
    // @ts-expect-error a set
    void connect(network, { handler: new Set() });
    // @ts-expect-error a RegExp
    void connect(network, { handler: /a/ });
    // @ts-expect-error bytes
    void createServer(network, () => new Uint8Array(1));
    // @ts-expect-error to be awaited
    void connect(network, { handler: Promise.resolve(new Api()) });
    void connect(network, { handler: new Tagged() });
    // @ts-expect-error a Date
    void createServer(network, () => new Date());
    // @ts-expect-error a class
    void createServer(network, () => Api);
    void createServer(network, () => new Api());
    void createServer(network, async () => ({ hello: () => 1 }));
  };
  expect(never).toBeTypeOf('function');
});

test('a function in a field is not published, and whoever calls it is told why', async () => {
  class Fields extends Handler {
    say = (): number => 1;
    readonly count = 1;
    _hidden = (): number => 1;
  }
  const network = memory();
  await using _server = await createServer(network, () => new Fields());
  await using peer = await connect(network);
  const said = (name: string) => peer.call[name]?.().catch((error: Error) => error.message);
  expect(await said('say')).toBe("Unknown method 'say': a field is not published, only methods are");
  expect(await said('count')).toBe("Unknown method 'count'");
  expect(await said('_hidden')).toBe("Unknown method '_hidden'");
});
