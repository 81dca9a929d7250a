import { Handler, type RemoteFunction, retain, UnknownObjectError } from '@bjsonrpc/peer';
import { asRemote } from '@bjsonrpc/peer/testing';
import { expect, expectTypeOf, test } from 'vitest';

type Listener = (event: string) => void;

class Feed extends Handler {
  readonly listeners = new Set<RemoteFunction<Listener>>();

  subscribe(listener: RemoteFunction<Listener>): void {
    this.listeners.add(retain(listener));
    listener.onBroken(() => this.listeners.delete(listener));
  }
  async ask(question: RemoteFunction<(n: number) => Promise<number>>): Promise<number> {
    try {
      return (await question(20)) + 1;
    } finally {
      question.close();
    }
  }
  publish(event: string): void {
    for (const listener of this.listeners) listener.notify(event);
  }
}

test('a method written for a function of the other side takes one of the test', async () => {
  const feed = new Feed();
  const seen: string[] = [];
  const listener = asRemote((event: string) => seen.push(event));
  feed.subscribe(listener);
  feed.publish('one');
  expect(seen).toEqual([]); // not in the same turn
  await undefined;
  await undefined;
  expect(seen).toEqual(['one']);
  listener.break();
  expect([feed.listeners.size, listener.isHeld]).toEqual([0, false]);
});

test('its result is a promise; what was released, or is broken, cannot be called', async () => {
  const question = asRemote(async (n: number) => n * 2);
  expect(await new Feed().ask(question)).toBe(41);
  expect(question.isHeld).toBe(false);
  await expect(question(1)).rejects.toThrow(UnknownObjectError);
  question.notify(1); // does nothing
  expect(() => question.retain()).toThrow(UnknownObjectError);
  const again = () => question(1);
  expectTypeOf<ReturnType<typeof again>>().toEqualTypeOf<Promise<number>>();

  const failing = asRemote(() => Promise.reject(new Error('no')));
  await expect(failing()).rejects.toThrow('no');
  failing.notify();
  let heard = 0;
  failing.onBroken(() => heard++)[Symbol.dispose]();
  failing.break(new Error('cut'));
  failing.break();
  await expect(failing()).rejects.toThrow('cut');
  expect(heard).toBe(0);
});
