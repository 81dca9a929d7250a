import { deepEqual, equal } from 'node:assert/strict';
import {
  ConnectionClosedError,
  connect,
  createServer,
  Handler,
  type Peer,
  type RemoteFunction,
  type RemoteObject,
  retain,
} from '@bjsonrpc/peer';
import { LastingClient } from '@bjsonrpc/peer/lasting';
import { resumable, type SessionChange, SessionLostError } from '@bjsonrpc/resumable';
import { badWeather, memory, seeded, VirtualClock } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';

class Room extends Handler {
  readonly #listeners: RemoteFunction<(text: string) => void>[] = [];
  readonly lines: string[] = [];
  say(text: string): number {
    for (const listener of this.#listeners) listener.notify(text);
    return this.lines.push(text);
  }
  listen(listener: RemoteFunction<(text: string) => void>): void {
    this.#listeners.push(retain(listener));
  }
}

const rooms = new Room();

class Api extends Handler {
  room(): Room {
    return rooms;
  }
  add(a: number, b: number): number {
    return a + b;
  }
}

const banner = { hidden: true, text: '' };
const show = (text: string): void => {
  banner.text = text;
};

// #region resumable
await using server = await createServer(resumable(tcp({ port: 0 })), () => new Api());
await using peer = await connect<Api>(resumable(tcp({ port: server.address.port ?? 0 })));
console.log(await peer.call.add(2, 3)); // 5, though the network go and come
// #endregion

equal(peer.info.session?.id, [...server.connections][0]?.info.session?.id);

// #region banner
const network = resumable(tcp({ port: server.address.port ?? 0 }), {
  onState({ state, retryMs }: SessionChange) {
    banner.hidden = state !== 'away';
    if (retryMs !== undefined) banner.text = `No connection. Next attempt in ${Math.ceil(retryMs / 1000)} s.`;
  },
});
// #endregion

await using another = await connect<Api>(network);
equal(await another.call.add(1, 1), 2);
equal(banner.hidden, true);

// #region presence
const present = [...server.connections].filter(({ info }) => info.session?.state === 'connected');
// #endregion

equal(present.length, 2);

let advice = 'done';
// #region outcome
try {
  await peer.call.add(1, 1);
} catch (error) {
  if (!(error instanceof ConnectionClosedError)) throw error;
  if (error.cause instanceof SessionLostError) console.log(error.cause.reason); // unknown: the server was restarted
  advice = error.sent ? 'It may have run: look before you ask again.' : 'It did not run.';
}
// #endregion

equal(advice, 'done');

// #region lasting
const client = new LastingClient<Api, RemoteObject<Room>>(network, {
  // On every new session, before anybody else has it:
  async open(session: Peer<Api>) {
    const room = await session.call.room();
    await room.call.listen(show);
    return room;
  },
});
console.log(await client.call.add(2, 3)); // waits for a session; one that did not run is made on the next
await client.use((_session, room) => room.call.say('hello')); // runs once
// #endregion

deepEqual([rooms.lines, banner.text], [['hello'], 'hello']);
await client.close();

// #region simulation
const clock = new VirtualClock();
const random = seeded(7);
const wires = memory({ seed: 7, latencyMs: 40, clock });
const bad = resumable(wires, { clock, random });
const starting = createServer(bad, () => new Api(), { clock, random });
const calling = connect<Api>(bad, { clock, random });
const faults: string[] = [];
const stop = badWeather(wires, {
  seed: 7,
  clock,
  onFault: ({ atMs, what }) => faults.push(`${atMs}: ${what}`),
});
const sums = calling.then((far) => Promise.all([1, 2, 3].map((n) => far.call.add(n, n))));
await clock.advance(30_000); // half a minute of cuts, stalls, and dials that fail, at once
stop();
await clock.advance(30_000);
deepEqual(await sums, [2, 4, 6]);
// #endregion

const closing = (await starting).close({ graceMs: 0 });
await clock.advance(10_000);
await closing;
