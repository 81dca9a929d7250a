import { Probe, until } from '@bjsonrpc/duplex-suite';
import type { Duplex } from '@bjsonrpc/protocol';
import { type NatsConnection, nats } from '@bjsonrpc/transport-nats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NatsServer, startNats } from './nats-server.ts';
import { newSubject } from './open-nats.ts';
import { TornLink } from './torn-link.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNats();
});
afterAll(() => server.stop());

/** `npm run test:cluster` says how many. */
const ROUNDS = Number(process.env.TORN_ROUNDS ?? 2);
/** Then it is calm: a machine that is busy enough would never get through; nor is who is silent for so long dead. */
const STORM_MS = 2000;
const PATIENT = { goneMs: 15_000, deadMs: 12_000 };
const ends = ['the dialling end', 'the accepted end', 'both ends'] as const;

interface Torn {
  readonly links: readonly [TornLink, TornLink];
  readonly a: Probe;
  readonly b: Probe;
}

type Times = { readonly goneMs?: number; readonly deadMs?: number };

/** A connection whose both ends have a link of their own to NATS. Afterwards nothing is left in the server. */
async function overTornLinks(run: (torn: Torn) => Promise<void>, more: Times = {}): Promise<void> {
  await using ours = await TornLink.open(server.port);
  await using theirs = await TornLink.open(server.port);
  const connections: NatsConnection[] = [await ours.connect(), await theirs.connect()];
  const [dialling, listening] = connections as [NatsConnection, NatsConnection];
  const subject = newSubject();
  const times = { pingMs: 100, goneMs: 4000, deadMs: 3000, ...more };
  let accept = (_: Duplex): void => {};
  const accepted = new Promise<Duplex>((resolve) => {
    accept = resolve;
  });
  const listener = await nats({ connection: listening, subject, ...times }).listen(accept);
  const a = new Probe(await nats({ connection: dialling, subject, ...times }).dial({})).start();
  const b = new Probe(await accepted).start();
  try {
    await run({ links: [ours, theirs], a, b });
    await until('both closes', () => a.isClosed && b.isClosed, 15_000);
    expect([a.closes.length, b.closes.length]).toEqual([1, 1]);
    expect([...a.violations, ...b.violations]).toEqual([]);
    expect([a.duplex.buffered, b.duplex.buffered]).toEqual([0, 0]);
    ours.off(false);
    theirs.off(false);
    await listener.close();
    for (const end = performance.now() + 8000; performance.now() < end; ) {
      if ((await server.clients()).subscriptions === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await server.clients()).toMatchObject({ subscriptions: 0 });
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

/** Small messages, and some that are longer than a window. */
const sent = Array.from({ length: 400 }, (_, i) => `[${i},"${'x'.repeat(i % 100 === 50 ? 100_000 : i)}"]`);

describe.each([25, 7])('NATS is torn off every %i ms', (everyMs) => {
  test.each(ends)(
    `from %s: nothing is lost, doubled or out of order, and the close is clean`,
    async (which) => {
      for (let round = 0; round < ROUNDS; round++) {
        await overTornLinks(async ({ links, a, b }) => {
          const torn = which === 'both ends' ? links : [links[which === ends[0] ? 0 : 1]];
          let tears = 0;
          const began = performance.now();
          const tearing = setInterval(() => {
            if (performance.now() - began > STORM_MS) return;
            tears++;
            for (const link of torn) link.tear();
          }, everyMs);
          try {
            for (const [i, message] of sent.entries()) {
              a.send(message);
              b.send(message);
              if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
            }
            await until('all of it', () => a.messages.length + b.messages.length >= 2 * sent.length, 15_000);
            a.close();
            await until('both closes', () => a.isClosed && b.isClosed, 15_000);
          } finally {
            clearInterval(tearing);
          }
          expect(tears).toBeGreaterThan(3);
          for (const probe of [a, b]) {
            expect(probe.messages.length).toBe(sent.length);
            expect(probe.messages.every((message, i) => message === sent[i])).toBe(true);
            expect(probe.closes).toEqual([{ error: undefined }]);
          }
        }, PATIENT);
      }
    },
    20_000 * ROUNDS,
  );
});

describe('a close', () => {
  test('while NATS is away from this side: it is said when NATS is back, after all that was sent', () =>
    overTornLinks(async ({ links: [ours], a, b }) => {
      ours.off(true);
      for (const message of sent) a.send(message);
      a.close();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(b.messages).toEqual([]);
      ours.off(false);
      await until('both closes', () => a.isClosed && b.isClosed);
      expect(b.messages).toEqual(sent);
      expect(b.closes).toEqual([{ error: undefined }]);
    }));

  test('with an error while NATS is away: the other side hears of it once NATS is back', () =>
    overTornLinks(async ({ links: [ours], a, b }) => {
      ours.off(true);
      a.close(new Error('enough'));
      await until('our close', () => a.isClosed);
      expect(b.isClosed).toBe(false);
      ours.off(false);
      await until('the other close', () => b.isClosed);
      expect(b.closes[0]?.error?.message).toContain('the other side broke it off');
    }));

  test('while it is held: what came before it is delivered', () =>
    overTornLinks(async ({ links: [, theirs], a, b }) => {
      b.hold(true);
      for (const message of sent.slice(0, 40)) a.send(message);
      a.close();
      theirs.tear();
      await new Promise((resolve) => setTimeout(resolve, 100));
      b.hold(false);
      await until('both closes', () => a.isClosed && b.isClosed);
      expect(b.messages).toEqual(sent.slice(0, 40));
      expect(b.closes).toEqual([{ error: undefined }]);
    }));

  test('in the middle of a message: the other side drops that one, and is told why', () =>
    overTornLinks(async ({ links: [ours], a, b }) => {
      b.hold(true);
      a.send('[1]');
      a.send(`["${'x'.repeat(15_000_000)}"]`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      ours.tear();
      a.close(new Error('half of it'));
      b.hold(false);
      await until('both closes', () => a.isClosed && b.isClosed);
      expect(b.messages.length).toBeLessThan(2);
      expect(b.closes[0]?.error?.message).toContain('the other side broke it off');
    }));

  test('after NATS was away for too long: each side is told, by itself', () =>
    overTornLinks(
      async ({ links: [ours], a, b }) => {
        a.send('[1]');
        await until('the message', () => b.messages.length === 1);
        ours.off(true);
        await until('both closes', () => a.isClosed && b.isClosed, 14_000);
        expect(a.closes[0]?.error?.message).toContain('no sign of life');
        expect(b.closes[0]?.error?.message).toMatch(/nobody listens/);
      },
      { goneMs: 500, deadMs: 1500 },
    ));
});
