import { expect, test } from 'vitest';
import type { Probe } from './probe.js';
import type { Rules } from './rules.js';
import { quiet, until } from './until.js';

/** More than any system buffers for one connection, and less than any transport cuts a reader off at. */
const PLENTY_BYTES = 48 * 1024 * 1024;
const CHUNK = `["${'x'.repeat(64 * 1024)}"]`;

/** Reading can be held back, and a sender is told when it is far ahead of its reader. */
export function flowRules({ connection, capabilities }: Rules): void {
  const { cannotHold } = capabilities;
  const holdTest = (name: string, run: () => Promise<void>): void => {
    if (cannotHold === undefined) test(name, run);
  };

  if (cannotHold !== undefined) {
    test(`ignores a hold, and loses nothing (${cannotHold})`, async () => {
      const { a, b } = await connection();
      a.start();
      b.start();
      b.hold(true);
      for (let i = 0; i < 100; i++) a.send(`[${i}]`);
      await until('all of them', () => b.messages.length === 100);
      b.hold(false);
    });
  }

  holdTest('holds messages back and lets them come, none lost', async () => {
    const { a, b } = await connection();
    b.answer = () => {
      if (b.messages.length % 10 === 0) b.hold(true);
    };
    a.start();
    b.start();
    for (let i = 0; i < 100; i++) a.send(`[${i}]`);
    for (let round = 1; round <= 10; round++) {
      await until('the next ten', () => b.messages.length === 10 * round);
      await quiet();
      expect(b.messages.length).toBe(10 * round);
      b.hold(false);
      expect(b.messages.length).toBe(10 * round);
    }
    expect(b.messages).toEqual(Array.from({ length: 100 }, (_, i) => `[${i}]`));
  });

  holdTest('can be held before it starts', async () => {
    const { a, b } = await connection();
    b.hold(true);
    a.start();
    b.start();
    a.send('[1]');
    await quiet();
    expect(b.messages).toEqual([]);
    b.hold(false);
    await until('the message', () => b.messages.length === 1);
  });

  holdTest('sends while it holds', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    b.hold(true);
    b.send('[1]');
    await until('the message', () => a.messages.length === 1);
  });

  holdTest('a clean close comes after the messages that were held back', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    b.hold(true);
    for (let i = 0; i < 100; i++) a.send(`[${i}]`);
    a.close();
    await quiet();
    // Whoever hears of the close meanwhile delivers what is left, and the close after it.
    expect(b.messages.length).toBe(b.isClosed ? 100 : 0);
    b.hold(false);
    await until('both closes', () => a.isClosed && b.isClosed);
    expect(b.messages.length).toBe(100);
    expect(b.closes).toEqual([{ error: undefined }]);
  });

  holdTest('a side that holds learns of its own close', async () => {
    for (const error of [undefined, new Error('enough')]) {
      const { a, b } = await connection();
      a.start();
      b.start();
      b.hold(true);
      for (let i = 0; i < 10; i++) a.send(`[${i}]`);
      await quiet();
      b.close(error);
      await until('both closes', () => a.isClosed && b.isClosed);
      expect(b.messages).toEqual([]);
      expect(b.closes).toEqual([{ error }]);
    }
  });

  holdTest("a side that holds learns of the other side's close, whatever waits to be read", async () => {
    const learns = async (count: number, error: Error | undefined): Promise<void> => {
      const { a, b } = await connection();
      a.start();
      b.start();
      b.hold(true);
      for (let i = 0; i < count; i++) a.send(`[${i}]`);
      await quiet();
      a.close(error);
      await until('both closes', () => a.isClosed && b.isClosed);
      expect(b.closes.length).toBe(1);
      if (error === undefined) expect(b.messages.length).toBe(count);
    };
    const error = new Error('enough');
    await Promise.all([learns(0, undefined), learns(0, error), learns(10, undefined), learns(10, error)]);
  });

  holdTest('send gives a promise when the reader is far behind; it resolves when there is room', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    b.hold(true);
    let { sent, room } = await sendUntilFull(a);
    let state = settledState(room);
    await quiet();
    // A busy system takes what it can as late as it likes: then there is room once more.
    for (let i = 0; i < 20 && state.isSettled; i++) {
      const more = await sendUntilFull(a);
      sent += more.sent;
      room = more.room;
      state = settledState(room);
      await quiet();
    }
    expect(state.isSettled).toBe(false);
    expect(a.duplex.buffered).toBeGreaterThan(0);
    expect(b.messages.length).toBe(0);
    b.hold(false);
    await room;
    await until('all messages', () => b.messages.length === sent);
    await until('an empty buffer', () => a.duplex.buffered === 0);
    expect(b.messages.every((message) => message === CHUNK)).toBe(true);
  });

  holdTest('the promise resolves when either side closes', async () => {
    for (const closer of ['a', 'b'] as const) {
      const { a, b } = await connection();
      a.start();
      b.start();
      b.hold(true);
      const { room } = await sendUntilFull(a);
      (closer === 'a' ? a : b).close(new Error('enough'));
      await room;
      // Who holds may not see the other's close before it reads on.
      b.hold(false);
      await until('both closes', () => a.isClosed && b.isClosed);
      expect([a.duplex.buffered, b.duplex.buffered]).toEqual([0, 0]);
    }
  });

  test('a sender that waits for room gets everything through', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    let highest = 0;
    for (let i = 0; i < 500; i++) {
      const room = a.send(CHUNK);
      highest = Math.max(highest, a.duplex.buffered);
      await room;
    }
    await until('all messages', () => b.messages.length === 500);
    expect(highest).toBeLessThan(4 * 1024 * 1024);
    await until('an empty buffer', () => a.duplex.buffered === 0);
  });
}

/** Send a chunk a turn until `send` gives a promise that does not resolve by itself. */
async function sendUntilFull(probe: Probe): Promise<{ sent: number; room: Promise<void> }> {
  for (let sent = 1; sent * CHUNK.length < PLENTY_BYTES; sent++) {
    const room = probe.send(CHUNK);
    if (room === undefined) continue;
    const state = settledState(room);
    await quiet();
    if (!state.isSettled) return { sent, room };
  }
  throw new Error('send never asked to wait');
}

function settledState(promise: Promise<void>): { readonly isSettled: boolean } {
  const state = { isSettled: false };
  void promise.then(() => {
    state.isSettled = true;
  });
  return state;
}
