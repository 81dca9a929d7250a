import type { RemoteObject } from '@bjsonrpc/peer';
import { VirtualClock } from '@bjsonrpc/transport-memory';
import { expect, onTestFinished, test, vi } from 'vitest';
import { heapUsed } from '../../../../test/scenarios/collect-garbage.ts';
import { type ByHand, dialRaw } from './dial-raw.ts';
import { failureOf } from './failure-of.ts';
import { answered, cancelled, failed, objectHint, released } from './wire-texts.ts';

test('a handle has an id, tells whether it is answered, and gives the same promise every time', async () => {
  const { peer, raw } = await dialRaw();
  const request = peer.method.f();
  expect(request.id).toBe(1);
  expect(request.hasResponse).toBe(false);
  expect(request.value).toBe(request.value);
  await raw.after(answered(1, 'here'));
  expect(request.hasResponse).toBe(true);
  expect(await request.value).toBe('here');
  request.cancel();
  expect(await request.value).toBe('here');
  expect(await raw.rest()).toEqual([]);
});

test('errors: whatever the other side makes of them', async () => {
  const { peer, raw } = await dialRaw();
  const errors = [
    { code: -32601, message: "Unknown method 'f'" },
    { code: -32601, message: 'custom', name: 'Custom' },
    { code: 7, message: 'seven', data: { a: [1] } },
    { message: 'bare' },
    { code: 'x', message: 'odd', name: 5 },
    { code: 7 },
    ['list'],
    5,
    false,
    { code: 1, message: 'ref', data: { box: objectHint('box_0001') } },
  ];
  const failures = errors.map(() => failureOf(peer.call.f()));
  await raw.after(...errors.map((error, index) => failed(index + 1, error)));
  expect((await Promise.all(failures)).map(({ name, code, message }) => [name, code, message])).toEqual([
    ['MethodNotFoundError', -32601, "Unknown method 'f'"],
    ['Custom', -32601, 'custom'],
    ['RemoteError', 7, 'seven'],
    ['RemoteError', -32000, 'bare'],
    ['RemoteError', -32000, 'odd'],
    ['RemoteError', -32000, '{"code":7}'],
    ['RemoteError', -32000, '["list"]'],
    ['RemoteError', -32000, '5'],
    ['RemoteError', -32000, 'false'],
    ['RemoteError', 1, 'ref'],
  ]);
  const { data } = (await failures[9]) as unknown as { data: { box: RemoteObject<ByHand> } };
  data.box.close();
  expect(await raw.rest()).toEqual([released('box_0001')]);
});

test('timeouts: the default, an own one, none, a deadline', async () => {
  const clock = new VirtualClock();
  const { peer, raw } = await dialRaw({ clock, timeout: 1000 });
  vi.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000);
  onTestFinished(() => void vi.restoreAllMocks());
  const now = Date.now();
  const failures = [
    peer.call.f(),
    peer.with({ timeout: 500 }).call.f(),
    peer.with({ deadline: now + 200.5 }).call.f(),
    peer.with({ timeout: 5000, deadline: now + 300 }).call.f(),
  ].map(failureOf);
  const patient = peer.with({ timeout: 0 }).call.f();
  const endless = peer.with({ timeout: Number.POSITIVE_INFINITY }).call.f();
  const items = peer.pipe.f();
  expect(await raw.rest()).toEqual([
    '{"method":"f","id":1}',
    '{"method":"f","id":2,"timeout":500}',
    '{"method":"f","id":3,"timeout":201}',
    '{"method":"f","id":4,"timeout":300}',
    '{"method":"f","id":5}',
    '{"method":"f","id":6}',
    '{"method":"f","id":7,"stream":64}',
  ]);
  await clock.advance(2000);
  expect((await Promise.all(failures)).map(({ name, code, message }) => [name, code, message])).toEqual(
    [1000, 500, 201, 300].map((ms) => ['TimeoutError', -32003, `No answer within ${ms} ms to 'f'`]),
  );
  expect(await raw.rest()).toEqual([3, 4, 2, 1].map(cancelled));
  await raw.after(answered(5, 'late'), answered(6, 'late'));
  expect(await Promise.all([patient, endless])).toEqual(['late', 'late']);
  await items.return();
  expect((await failureOf(peer.with({ deadline: now - 1 }).call.f())).message).toBe(
    "The deadline had passed before the call of 'f'",
  );
  expect(await raw.rest()).toEqual([cancelled(7)]);
  expect(clock.pending).toBe(0);
});

test('a call leaves no timer of its own and no listener behind, however it ends', async () => {
  const clock = new VirtualClock();
  const { peer, raw } = await dialRaw({ clock, timeout: 0 });
  const listeners = new Set<unknown>();
  const signal = Object.assign(new AbortController().signal, {});
  const added = signal.addEventListener.bind(signal);
  signal.addEventListener = ((type: 'abort', listener: () => void) => {
    listeners.add(listener);
    added(type, listener);
  }) as typeof signal.addEventListener;
  signal.removeEventListener = ((_: string, listener: unknown) => listeners.delete(listener)) as never;
  const aborted = Object.assign(AbortSignal.abort('before'), {
    addEventListener: (_: string, listener: unknown) => listeners.add(listener),
  });
  const patient = peer.with({ signal, timeout: 1000 });
  const calls = [patient.call.f(), patient.call.f()];
  const failures = [
    peer.with({ signal, deadline: -1 }).call.f(),
    peer.with({ signal: aborted }).call.f(),
    patient.call.f(Symbol('s')),
    calls[1] ?? Promise.resolve(),
  ].map(failureOf);
  const unread = peer.with({ signal: aborted }).pipe.f();
  expect(await raw.after(answered(1, 1), failed(2, 'no'))).toHaveLength(2);
  expect(await calls[0]).toBe(1);
  expect((await Promise.all(failures)).map(({ name }) => name)).toEqual([
    'TimeoutError',
    'CancelledError',
    'UnsendableError',
    'RemoteError',
  ]);
  expect(await failureOf(unread.next())).toMatchObject({ name: 'CancelledError', cause: 'before' });
  expect(listeners.size).toBe(0);
  expect(clock.pending).toBe(0);
  expect(await raw.rest()).toEqual([]);
});

test('one timer serves all calls with the default timeout, and goes with the connection', async () => {
  const clock = new VirtualClock();
  const { peer, raw } = await dialRaw({ clock, timeout: 1000 });
  expect(clock.pending).toBe(0);
  const answeredCall = peer.call.f();
  await clock.advance(400);
  const failures = [peer.call.f(), peer.call.f()].map(failureOf);
  expect(clock.pending).toBe(1);
  await raw.after(answered(1, 'in time'));
  expect(await answeredCall).toBe('in time');
  await clock.advance(1000);
  for (const failure of failures) expect((await failure).message).toBe("No answer within 1000 ms to 'f'");
  expect(clock.pending).toBe(0);
  const last = failureOf(peer.call.f());
  expect(clock.pending).toBe(1);
  raw.close();
  await peer.closed;
  expect(await last).toMatchObject({ name: 'ConnectionClosedError' });
  expect(clock.pending).toBe(0);
});

test('failures that nobody asks for disturb nobody', async () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', onUnhandled);
  onTestFinished(() => void process.off('unhandledRejection', onUnhandled));
  const { peer, raw } = await dialRaw();
  peer.method.f();
  peer.pipe.f();
  const base = peer.call.f();
  base.notify.tell?.();
  base.method.item?.();
  base.pipe.items?.();
  peer.method.f(base);
  peer.method.f(base.call.open);
  peer.method.f(Symbol('s'));
  peer.call.f().close();
  peer.method.f().cancel();
  await raw.after(
    ...Array.from({ length: 12 }, (_, index) => failed(index + 1, { code: -32004, message: 'no' })),
  );
  peer.pipe.f();
  peer.method.f();
  raw.close();
  await peer.closed;
  peer.pipe.f();
  peer.method.f();
  peer.notify.f();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(unhandled).toEqual([]);
});

test('what is built on a failed call fails with its error, sent or not', async () => {
  const { peer, raw } = await dialRaw();
  const base = peer.call.f();
  const failures = [base, base.call.item?.(), peer.call.f(base), peer.call.f(base.call.open)].map((promise) =>
    failureOf(promise ?? Promise.resolve()),
  );
  const dependency = { code: -32004, message: 'Request 1 gave no object' };
  await raw.after(failed(1, { code: 7, message: 'first' }), failed(2, dependency), failed(3, dependency));
  for (const failure of failures) expect(await failure).toMatchObject({ code: 7, message: 'first' });
  const late = [base.call.item?.(), peer.call.f([base])].map((promise) =>
    failureOf(promise ?? Promise.resolve()),
  );
  for (const failure of late) expect(await failure).toMatchObject({ code: 7, message: 'first' });
  expect(await raw.rest()).toEqual([]);
});

test('what is built on an answer that is no object fails, here as there', async () => {
  const { peer, raw } = await dialRaw();
  const base = peer.call.f();
  await raw.after(answered(1, [objectHint('box_0001')]));
  for (const promise of [base.call.item?.(), peer.call.f(base), peer.call.f(base.call.open)])
    expect(await failureOf(promise ?? Promise.resolve())).toMatchObject({
      code: -32004,
      message: 'Request 1 gave no object',
    });
  const [box] = (await base) as [RemoteObject<ByHand>];
  box.close();
});

test('what waits for a call is not sent when it is given up, or when the connection ends', async () => {
  const { peer, raw } = await dialRaw();
  const base = peer.call.f();
  const request = peer.method.f(base.call.open);
  const waiting = failureOf(peer.call.f(base.call.open));
  peer.notify.f(base.call.open);
  request.cancel();
  expect(await raw.rest()).toEqual(['{"method":"f","id":1}']);
  expect((await failureOf(request.value)).name).toBe('CancelledError');
  const sent = failureOf(base);
  raw.close();
  expect(await sent).toMatchObject({ name: 'ConnectionClosedError', sent: true });
  expect(await waiting).toMatchObject({ name: 'ConnectionClosedError', sent: false });
});

test('a long chain of calls, each built on the last, does not keep its past', async () => {
  const { peer, raw } = await dialRaw();
  let last = peer.call.f();
  const first = new WeakRef(last);
  for (let id = 1; id <= 5; id++) {
    const next = last.call.next?.() as typeof last;
    await raw.after(answered(id, objectHint(`box_000${id}`)));
    last = next;
  }
  await heapUsed();
  expect(first.deref()).toBeUndefined();
  raw.send(answered(6, 'the last one'));
  expect(await last).toBe('the last one');
});
