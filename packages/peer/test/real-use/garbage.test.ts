import { until } from '@bjsonrpc/duplex-suite';
import { connect, createServer, currentCall, Handler, type Peer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { describe, expect, onTestFinished, test } from 'vitest';
import { collectGarbage } from '../../../../test/scenarios/collect-garbage.ts';
import { overTransports } from '../../../../test/scenarios/session.ts';

class Ticker extends Handler {
  running = 0;
  async *ticks(): AsyncGenerator<number> {
    this.running++;
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      this.running--;
    }
  }
  async *slow(): AsyncGenerator<number> {
    const { signal } = currentCall();
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (signal.aborted) return;
      yield i;
    }
  }
  wait(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Collects until something has come of it. */
async function collectedUntil(what: string, isSo: () => boolean): Promise<void> {
  await until(
    what,
    () => {
      collectGarbage();
      return isSo();
    },
    10_000,
  );
}

overTransports((open) => {
  test('pipes that are dropped unread, or half read, are collected, and their producers stopped', async () => {
    const api = new Ticker();
    const { client, emptied } = await open<Ticker>({ api });
    const drop = async (reads: number): Promise<void> => {
      const stream = client.pipe.ticks();
      for (let i = 0; i < reads; i++) await stream.next();
    };
    for (let i = 0; i < 60; i++) await drop(i % 3);
    await client.ping();
    expect(api.running).toBeGreaterThan(0);
    await collectedUntil('all producers have stopped', () => api.running === 0);
    await emptied();
  });

  test('one that somebody still reads is not, however long an item takes', async () => {
    const { client } = await open<Ticker>({ api: new Ticker() });
    const items: number[] = [];
    const reading = (async () => {
      for await (const item of client.pipe.slow()) items.push(item);
    })();
    const collecting = setInterval(collectGarbage, 5);
    await reading;
    clearInterval(collecting);
    expect(items).toEqual([0, 1, 2]);
  });
});

describe('one signal for many calls', () => {
  async function peers(count: number): Promise<Peer<Ticker>[]> {
    const network = memory();
    const server = await createServer(network, () => new Ticker());
    const { signal } = new AbortController();
    const all = await Promise.all(Array.from({ length: count }, () => connect<Ticker>(network, { signal })));
    onTestFinished(() => server.close({ graceMs: 0 }));
    return all;
  }

  test('warns of no leak, on one peer or on twenty, and dialling with it neither', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const all = await peers(20);
    const { signal } = new AbortController();
    for (const some of [all.slice(0, 1), all]) {
      const calls = some.flatMap((peer) => {
        const { call } = peer.with({ signal });
        return Array.from({ length: 50 }, () => call.wait());
      });
      const streams = some.map((peer) => peer.with({ signal }).pipe.ticks());
      await Promise.all(streams.map((stream) => stream.next()));
      await Promise.all(calls);
      await Promise.all(streams.map((stream) => stream.return(undefined)));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(warnings).toEqual([]);
  });

  test('gives up all of them, once, and those alone', async () => {
    const all = await peers(3);
    const controller = new AbortController();
    const { signal } = controller;
    const calls = all.flatMap((peer) => [
      peer.with({ signal }).call.wait(),
      peer.with({ signal }).method.wait().value,
      peer.with({ signal }).pipe.slow().next(),
    ]);
    const other = all[0]?.call.wait();
    controller.abort(new Error('not needed'));
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({
        reason: { name: 'CancelledError', cause: { message: 'not needed' } },
      });
    expect(await other).toBeNull();
    await expect(all[0]?.with({ signal }).call.wait()).rejects.toMatchObject({ name: 'CancelledError' });
  });

  test('keeps nothing of a call that is over', async () => {
    const [peer] = await peers(1);
    const { signal } = new AbortController();
    const kept = await (async () => {
      const argument = { big: 'x' };
      await peer?.with({ signal }).call.wait();
      return new WeakRef(argument);
    })();
    await collectedUntil('its argument is collected', () => kept.deref() === undefined);
    expect(signal.aborted).toBe(false);
  });
});
