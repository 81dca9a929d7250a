import { connect, currentCall, Handler } from '@bjsonrpc/peer';
import { memory, VirtualClock } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';
import { dialRaw, dialUngreeted } from './dial-raw.ts';
import { failureOf } from './failure-of.ts';
import { answered } from './wire-texts.ts';

class Hooked extends Handler {
  readonly log: string[] = [];
  readonly #open: () => void | Promise<void>;
  constructor(open: () => void | Promise<void> = () => {}) {
    super();
    this.#open = open;
  }
  f(): string {
    return 'served';
  }
  protected override onOpen(): void | Promise<void> {
    this.log.push('open');
    return this.#open();
  }
  protected override onClose(): void {
    this.log.push('close');
  }
}

test('a handler is opened once and closed once, however often the connection is ended', async () => {
  const handler = new Hooked();
  const { peer, raw } = await dialRaw({ handler });
  expect(handler.log).toEqual(['open']);
  expect(handler.peer).toBe(peer);
  raw.close();
  await Promise.all([peer.close(), peer.close({ graceMs: 1 }), peer.closed]);
  peer.abort();
  await peer[Symbol.asyncDispose]();
  expect(handler.log).toEqual(['open', 'close']);
});

test('a handler of two connections is closed with the last of them', async () => {
  const handler = new Hooked();
  const one = await dialRaw({ handler });
  const two = await dialRaw({ handler });
  await one.peer.close({ graceMs: 0 });
  expect(handler.log).toEqual(['open', 'open']);
  await two.peer.close({ graceMs: 0 });
  expect(handler.log).toEqual(['open', 'open', 'close']);
});

test.each<[string, () => void | Promise<void>]>([
  [
    'at once',
    () => {
      throw new Error('not today');
    },
  ],
  ['later', () => Promise.reject(new Error('not today'))],
])('an onOpen that throws %s ends the connection', async (_, open) => {
  const errors: unknown[] = [];
  const handler = new Hooked(open);
  const { peer } = await dialUngreeted({ handler, onError: (error) => errors.push(error) });
  const call = failureOf(peer.call.f());
  await peer.closed;
  expect((await call).message).toContain('not today');
  expect(errors).toEqual([new Error('not today')]);
  expect(handler.log).toEqual(['open', 'close']);
});

test('a graceful close waits for what runs, refuses what comes, and answers releases', async () => {
  let finish = (_: string): void => {};
  const handler = {
    wait: () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
    get: () => () => {},
  };
  const clock = new VirtualClock();
  const { peer, raw } = await dialRaw({ handler, clock });
  await raw.after({ method: 'get', id: 1 }, { method: 'wait', id: 2 });
  const own = peer.call.f();
  let isClosed = false;
  const closing = peer.close().then(() => {
    isClosed = true;
  });
  expect(
    await raw.after(
      { method: 'wait', id: 3 },
      { method: 'wait' },
      { method: 'function_0001.__delete__', id: 4 },
      answered(2, 'still answered'),
    ),
  ).toEqual([
    '{"method":"f","id":2}',
    '{"method":"$/bye"}',
    '{"method":"$/ping","id":3}',
    '{"id":3,"result":null,"error":{"code":-32005,"message":"The connection is closing: the call did not run"}}',
    answered(4, null),
    '{"params":[1,"The connection is closing: the call did not run"],"method":"$/refused"}',
  ]);
  raw.send(answered(3, null)); // the goodbye has been heard
  expect(await own).toBe('still answered');
  expect(isClosed).toBe(false);
  finish('done');
  await closing;
  expect(raw.received.at(-1)).toBe(answered(2, 'done'));
  expect(raw.closedBy).toBeUndefined();
  expect(raw.received.filter((text) => text.includes('$/bye'))).toHaveLength(1);
});

test('a graceful close waits no longer than its grace, and what runs is told', async () => {
  const clock = new VirtualClock();
  const aborted: unknown[] = [];
  const { peer, raw } = await dialRaw({
    clock,
    handler: {
      wait: () => {
        currentCall().signal.addEventListener('abort', ({ target }) =>
          aborted.push((target as AbortSignal).reason),
        );
        return new Promise(() => {});
      },
    },
  });
  await raw.after({ method: 'wait', params: [{ __remoteobject__: 'box_0001' }], id: 1 }, { method: 'wait' });
  let isClosed = false;
  const closing = peer.close({ graceMs: 700 }).then(() => {
    isClosed = true;
  });
  await clock.advance(699);
  expect(isClosed).toBe(false);
  await clock.advance(1);
  await closing;
  expect(peer.stats).toMatchObject({ running: 0, imported: 0 });
  expect(aborted).toMatchObject([
    { name: 'ConnectionClosedError', message: 'The connection to the caller is closed' },
    { name: 'ConnectionClosedError', message: 'The connection to the caller is closed' },
  ]);
});

test('an abort ends everything at once, and says why', async () => {
  const { peer, raw } = await dialRaw({ handler: { wait: () => new Promise(() => {}) } });
  await raw.after({ method: 'wait', id: 1 });
  const failure = failureOf(peer.call.f());
  peer.abort(new Error('the page is gone'));
  await peer.closed;
  expect(await failure).toMatchObject({
    name: 'ConnectionClosedError',
    message: expect.stringContaining('The connection is closed: the page is gone'),
    sent: true,
    cause: new Error('the page is gone'),
  });
  expect(raw.received.some((text) => text.includes('$/bye'))).toBe(false);
  await peer.close();
});

test('after the end calls fail, notifications do nothing, and everything else is harmless', async () => {
  const { peer, raw } = await dialRaw();
  await peer.close({ graceMs: 0 });
  const sent = raw.received.length;
  expect(await failureOf(peer.call.f())).toMatchObject({
    message: expect.stringContaining('The connection is closed; the call was not sent'),
    sent: false,
  });
  expect((await failureOf(peer.method.f().value)).name).toBe('ConnectionClosedError');
  expect((await failureOf(peer.pipe.f().next())).name).toBe('ConnectionClosedError');
  expect((await failureOf(peer.ping())).name).toBe('ConnectionClosedError');
  peer.notify.f();
  peer.notify.f(Symbol('s'));
  await peer.drain();
  await peer.close();
  expect(raw.received).toHaveLength(sent);
  expect(peer.stats).toMatchObject({ pending: 0 });
});

test('a silent other side is pinged, and the connection is closed when it stays silent', async () => {
  const clock = new VirtualClock();
  const { peer, raw } = await dialRaw({ clock, pingInterval: 1000 });
  await clock.advance(1000);
  expect(await raw.rest()).toEqual([]);
  for (let i = 0; i < 5; i++) {
    raw.send({ method: 'f' });
    await clock.advance(1000);
  }
  await clock.advance(1000);
  const ping = JSON.parse(raw.received.at(-1) ?? '') as { method: string; id: number };
  expect(ping.method).toBe('$/ping');
  raw.send(answered(ping.id, null));
  await clock.advance(1000);
  expect(raw.isClosed).toBe(false);
  const call = failureOf(peer.call.f());
  await clock.advance(2000);
  await peer.closed;
  expect((await call).message).toContain(
    'The connection is closed: The other side has been silent for 2000 ms',
  );
  expect(clock.pending).toBe(0);
});

test('a ping is answered by errors, too', async () => {
  const { peer, raw } = await dialRaw();
  const pings = [peer.ping(), failureOf(peer.ping({ timeout: 5 }))] as const;
  await raw.after('{"id":1,"result":null,"error":null}');
  expect(await pings[0]).toBeUndefined();
  expect((await pings[1]) as unknown).toMatchObject({ name: 'TimeoutError' });
});

test('drain waits for room', async () => {
  const network = memory({ maxBuffered: 100, latencyMs: 5 });
  const received: string[] = [];
  await network.listen((duplex) =>
    duplex.start({ onMessage: (text) => received.push(text), onClose: () => {} }),
  );
  const peer = await connect<{ f(text: string): void }>(network);
  await peer.drain();
  for (let i = 0; i < 10; i++) peer.notify.f('x'.repeat(50));
  const sent = received.length;
  await peer.drain();
  expect(received.length).toBeGreaterThan(sent);
  await peer.close();
});

test('dialling is given up by its signal', async () => {
  const network = memory();
  expect((await failureOf(connect(network))).message).toContain('nobody listens');
  await network.listen(() => {});
  expect(await failureOf(connect(network, { signal: AbortSignal.abort('no') }))).toBe('no');
});
