import type { CloseDetails, Duplex, Receiver } from '@bjsonrpc/protocol';
import { keptChars, type Scene, sceneOf } from './session-pair.ts';
import type { Findings } from './story.ts';

const LONG = 'x'.repeat(200_000);

/** One end, and what it has sent and got. */
class End implements Receiver {
  readonly name: string;
  readonly duplex: Duplex;
  readonly wrong: string[] = [];
  sent = 0;
  got = 0;
  closes = 0;
  error: (Error & CloseDetails) | undefined;

  constructor(name: string, duplex: Duplex) {
    this.name = name;
    this.duplex = duplex;
    duplex.start(this);
  }

  send(isLong: boolean): void {
    void this.duplex.send(`[${++this.sent},"${isLong ? LONG : 'x'.repeat(this.sent % 50)}"]`);
  }

  onMessage(text: string): void {
    const number = Number(/^\[(\d+),/.exec(text)?.[1]);
    if (number !== ++this.got) {
      this.wrong.push(`${this.name} got message ${number} where ${this.got} was next`);
      this.got = number;
    }
    if (this.closes > 0) this.wrong.push(`${this.name} got a message behind the end`);
  }

  onClose(error?: Error): void {
    this.closes++;
    this.error = error;
  }
}

/** Messages both ways through bad weather: none lost, doubled or in another order, and in the end nothing is left. */
export async function rawRun(seed: number): Promise<Findings> {
  const scene = sceneOf(seed);
  const { random, clock, network, story } = scene;
  const { dialler, acceptor, close } = await openEnds(scene);
  const ends = [dialler, acceptor];
  scene.startWeather();
  const busyMs = 20_000 + random() * 60_000;
  while (clock.now() < busyMs) {
    const end = random() < 0.5 ? dialler : acceptor;
    const dice = random();
    if (dice < 0.1) for (let i = 0; i < 300; i++) end.send(false);
    else if (dice < 0.13) end.send(true);
    else if (dice < 0.18) end.duplex.hold(true);
    else if (dice < 0.3) end.duplex.hold(false);
    else for (let i = 0; i < 5; i++) end.send(false);
    await clock.advance(random() * 1500);
  }
  for (const { duplex } of ends) duplex.hold(false);
  scene.stopWeather();
  await clock.advance(120_000);

  const wrong = ends.flatMap((end) => end.wrong);
  const check = (what: string, isRight: boolean): void => {
    if (!isRight) wrong.push(what);
  };
  for (const [from, to] of [
    [dialler, acceptor],
    [acceptor, dialler],
  ] as const) {
    check(`${to.name} got ${to.got} of ${from.sent}`, to.got === from.sent);
    check(`${from.name} keeps ${keptChars(from.duplex)} characters`, keptChars(from.duplex) === 0);
    // A probe or an ack may be.
    check(`${from.name} says that ${from.duplex.buffered} are on their way`, from.duplex.buffered < 30);
  }
  const [first, last] = random() < 0.5 ? [dialler, acceptor] : [acceptor, dialler];
  first.duplex.close();
  if (random() < 0.2) last.duplex.close();
  await clock.advance(20_000);
  for (const end of ends) {
    check(`${end.name} was closed ${end.closes} times`, end.closes === 1);
    check(`${end.name} was closed by ${end.error?.message}`, end.error === undefined);
  }
  await close();
  await clock.advance(1000);
  check(`${clock.pending} timers are left`, clock.pending === 0);
  check(`${network.connections} connections are left`, network.connections === 0);
  const checked = dialler.got + acceptor.got;
  return { wrong, story, faults: story.faults, checked, connections: scene.connections() };
}

/**
 * Sessions that are lost, in all ways: what arrived is a beginning of what was sent; and of what one side is told that it
 * certainly did not arrive, nothing did.
 */
export async function lostRun(seed: number): Promise<Findings> {
  const scene = sceneOf(seed, { keepMs: 15_000, maxAwayChars: 100_000, maxUnconfirmedChars: 400_000 });
  const { random, clock, network, story } = scene;
  const { dialler, acceptor, close } = await openEnds(scene);
  const ends = [dialler, acceptor];
  scene.startWeather();
  const isAborted = random() < 0.3;
  const lastMs = 20_000 + random() * 60_000;
  while (clock.now() < lastMs && dialler.closes === 0) {
    const end = random() < 0.5 ? dialler : acceptor;
    for (let i = 0; i < 1 + random() * 40; i++) end.send(random() < 0.005);
    await clock.advance(random() * 800);
  }
  // The server is gone, or one side breaks it off; or it is closed in the rain.
  if (isAborted) (random() < 0.5 ? dialler : acceptor).duplex.close(new Error('enough'));
  else if (random() < 0.5) {
    network.dials = 'refuse';
    network.cut();
    for (let i = 0; i < 20; i++) dialler.send(false);
  } else (random() < 0.5 ? dialler : acceptor).duplex.close();
  await clock.advance(200_000);
  scene.stopWeather();
  await clock.advance(100_000);
  for (const { duplex } of ends) duplex.close();
  await clock.advance(30_000);

  const wrong = ends.flatMap((end) => end.wrong);
  for (const [from, to] of [
    [dialler, acceptor],
    [acceptor, dialler],
  ] as const) {
    if (from.closes !== 1) wrong.push(`${from.name} was closed ${from.closes} times`);
    const undelivered = from.error?.undelivered ?? 0;
    if (to.got > from.sent - undelivered)
      wrong.push(`${from.name}: ${undelivered} of ${from.sent} did not arrive, it says; ${to.got} did`);
    if (keptChars(from.duplex) !== 0) wrong.push(`${from.name} keeps ${keptChars(from.duplex)} characters`);
  }
  await close();
  await clock.advance(10_000);
  if (clock.pending > 0) wrong.push(`${clock.pending} timers are left`);
  if (network.connections > 0) wrong.push(`${network.connections} connections are left`);
  const checked = dialler.got + acceptor.got;
  return { wrong, story, faults: story.faults, checked, connections: scene.connections() };
}

async function openEnds({ transport, clock }: Scene): Promise<{
  readonly dialler: End;
  readonly acceptor: End;
  close(): Promise<void>;
}> {
  let accepted: Duplex | undefined;
  const listener = await transport.listen((duplex) => {
    accepted = duplex;
  });
  const dialled = await transport.dial({});
  const dialler = new End('dialler', dialled);
  dialler.send(false);
  await clock.advance(1000);
  if (accepted === undefined) throw new Error('Nothing was accepted');
  return { dialler, acceptor: new End('acceptor', accepted), close: () => listener.close() };
}
