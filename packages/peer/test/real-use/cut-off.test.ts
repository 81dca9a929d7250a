import { ConnectionClosedError, Handler, LimitExceededError } from '@bjsonrpc/peer';
import { VirtualClock } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';
import { dialRaw, dialUngreeted } from '../by-hand/dial-raw.ts';
import { dialledByHand } from '../extended/raw-peer.ts';

test('who sends too much that is no message is cut off, and told why', async () => {
  const heard: unknown[] = [];
  const { raw, peer } = await dialledByHand(
    {},
    {
      limits: { maxInvalidPerMinute: 2 },
      onError: (error, context) => heard.push([error, context]),
    },
  );
  raw.greet();
  await raw.rest();
  raw.send('[1]', '[2]', '[3]', '[4]');
  const { by, error } = await peer.closed;
  expect(by).toBe('here');
  expect(error).toBeInstanceOf(LimitExceededError);
  expect(error?.message).toContain('maxInvalidPerMinute');
  expect(raw.received.at(-1)).toBe(`{"params":["${error?.message}"],"method":"$/bye"}`);
  expect(heard).toEqual([[error, { connection: { transport: 'memory' } }]]);
});

test('one that has not greeted is cut off in silence', async () => {
  const { raw, peer } = await dialledByHand({}, { limits: { maxInvalidPerMinute: 0 } });
  raw.send('[1]');
  expect((await peer.closed).by).toBe('here');
  expect(raw.received.some((text) => text.includes('$/bye'))).toBe(false);
});

test('a side that was told why it is cut off knows it from the closed promise, and from its calls', async () => {
  const { raw, peer } = await dialRaw();
  const call = peer.call.f().then(undefined, (error: unknown) => error);
  raw.send({ method: '$/bye', params: ['too much noise'] });
  await raw.rest();
  raw.close();
  const { by, error } = await peer.closed;
  expect(by).toBe('there');
  expect(error).toBeInstanceOf(ConnectionClosedError);
  expect(error?.message).toBe('The other side cut the connection off: too much noise');
  expect(await call).toMatchObject({ message: expect.stringContaining('too much noise'), sent: true });
});

test.each([[['']], [[5]], [[{}]], ['x'], [{}], [null], [['x'.repeat(5000)]]])(
  'whatever stands in a goodbye, it is one: %j',
  async (params) => {
    const { raw, peer } = await dialRaw();
    raw.send({ method: '$/bye', params });
    await raw.rest();
    const error = await peer.call.f().then(undefined, (reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ConnectionClosedError', code: -32005, sent: false });
    raw.close();
    expect(((await peer.closed).error?.message ?? '').length).toBeLessThan(1100);
  },
);

test('a side that falls silent has ended the connection', async () => {
  const clock = new VirtualClock();
  const { raw, peer } = await dialUngreeted({ clock, pingInterval: 100 });
  raw.greet();
  await raw.nextText();
  await clock.advance(500);
  const { by, error } = await peer.closed;
  expect([by, error?.message]).toEqual(['there', 'The other side has been silent for 200 ms']);
});

test('notifications that the other side refused are told to onError, with their number and the reason', async () => {
  const heard: unknown[] = [];
  const { raw } = await dialRaw({
    onError: (error, context) => heard.push([(error as Error).message, context]),
  });
  await raw.after(
    { method: '$/refused', params: [3, 'too busy'] },
    { method: '$/refused', params: [1] },
    { method: '$/refused', params: [0, 'none'] },
    { method: '$/refused', params: ['x'] },
    { method: '$/refused' },
  );
  expect(heard).toEqual([
    ['3 notifications were refused by the other side: too busy', {}],
    ['A notification was refused by the other side: it does not say why', {}],
  ]);
});

test('with maskErrors nobody is told what onOpen threw', async () => {
  class Refusing extends Handler {
    protected override onOpen(): void {
      throw new Error('SECRET');
    }
  }
  const { raw, peer } = await dialledByHand(new Refusing(), { maskErrors: true, onError: () => {} });
  raw.greet();
  expect((await peer.closed).error?.message).toBe('onOpen failed');
  expect(raw.received.at(-1)).toBe('{"params":["onOpen failed"],"method":"$/bye"}');
});
