import { Peer } from '@bjsonrpc/peer';
import type { Duplex, Receiver } from '@bjsonrpc/protocol';
import { VirtualClock } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';

/** A connection to nobody: what it says of itself is what the test says. */
class StillDuplex implements Duplex {
  buffered = 0;
  bytesIn = 0;
  readonly bytesOut = 0;
  readonly sent: string[] = [];
  closedBy: Error | undefined;
  #receiver: Receiver | undefined;

  start(receiver: Receiver): void {
    this.#receiver = receiver;
  }
  receive(message: object): void {
    this.#receiver?.onMessage(JSON.stringify(message));
  }
  send(message: string): undefined {
    this.sent.push(message);
  }
  hold(): void {}
  close(error?: Error): void {
    this.closedBy = error;
    this.#receiver?.onClose(error);
  }
  get pings(): number {
    return this.sent.filter((text) => text.includes('$/ping')).length;
  }
}

function open(): { readonly duplex: StillDuplex; readonly clock: VirtualClock } {
  const duplex = new StillDuplex();
  const clock = new VirtualClock();
  const options = { clock, pingInterval: 1000 };
  new Peer({ duplex, options, info: { transport: 'none' }, dialled: true, handler: undefined });
  duplex.receive({ method: '$/hello', params: [{ version: 1, extensions: ['ping'], limits: {} }] });
  return { duplex, clock };
}

test('one that stays silent is asked once, and given up', async () => {
  const { duplex, clock } = open();
  await clock.advance(3500);
  expect(duplex.pings).toBe(1);
  expect(duplex.closedBy?.message).toBe('The other side has been silent for 2000 ms');
});

test('a long message on its way is a sign of life', async () => {
  const { duplex, clock } = open();
  for (let second = 0; second < 10; second++) {
    duplex.bytesIn += 1000;
    await clock.advance(1000);
  }
  expect([duplex.pings, duplex.closedBy]).toEqual([0, undefined]);
});

test('one that has much to read is not asked: the question would come behind it', async () => {
  const { duplex, clock } = open();
  duplex.buffered = 1_000_000;
  await clock.advance(10_000);
  expect([duplex.pings, duplex.closedBy]).toEqual([0, undefined]);
  duplex.buffered = 0;
  await clock.advance(3000);
  expect(duplex.pings).toBe(1);
  expect(duplex.closedBy?.message).toMatch(/silent/);
});
