import {
  Handler,
  Peer,
  type PeerOptions,
  type RemoteObject,
  type RemotePromise,
  retain,
} from '@bjsonrpc/peer';
import { seeded } from '@bjsonrpc/transport-memory';
import { describe, expect, test } from 'vitest';
import { SteppedDuplex } from './stepped-duplex.ts';

/**
 * One object of an owner, and a holder to whom it is sent, again and again, while he calls it, gives it back and
 * releases it. Whatever the order in which they do this and in which their messages arrive, what the holder holds
 * works, and in the end nobody holds anything.
 */

class Thing extends Handler {
  value(): string {
    return 'alive';
  }
}

/** send: as an argument that the holder retains. lend: as one that he does not. */
const ownerMoves = ['send', 'lend'] as const;
/** get: as a result. build: as a result that is called before it is there. home: pass it back as an argument. */
const holderMoves = ['get', 'build', 'call', 'home', 'release'] as const;
/** Pipelined calls multiply the orders: they meet fewer sends. */
const fewerMoves = ['get', 'call', 'home', 'release'] as const;
type OwnerMove = (typeof ownerMoves)[number];
type HolderMove = (typeof holderMoves)[number];
type Step = 'owner' | 'holder' | 'to owner' | 'to holder';

interface Plan {
  readonly owner: readonly OwnerMove[];
  readonly holder: readonly HolderMove[];
  readonly ownerOptions?: PeerOptions;
  readonly holderOptions?: PeerOptions;
  /** Whether the greetings have been exchanged before the first move. */
  readonly greeted: boolean;
}

type Proxy = RemoteObject<Thing>;

class World {
  readonly #plan: Plan;
  readonly #ends = SteppedDuplex.pair();
  readonly #owner: Peer<Handler>;
  readonly #holder: Peer;
  readonly #thing = new Thing();
  /** What the holder holds at the moment, and has not released. */
  readonly #held = new Set<Proxy>();
  readonly #problems: string[] = [];
  #owned = 0;
  #holding = 0;
  #unanswered = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    const [ownerEnd, holderEnd] = this.#ends;
    const thing = this.#thing;
    const info = { transport: 'stepped' };
    this.#owner = new Peer<Handler>({
      duplex: ownerEnd,
      options: { timeout: 0, ...plan.ownerOptions },
      info,
      dialled: false,
      handler: { get: () => thing, isHome: (value: unknown) => value === thing },
    });
    this.#holder = new Peer({
      duplex: holderEnd,
      options: { timeout: 0, ...plan.holderOptions },
      info,
      dialled: true,
      handler: {
        send: (it: Proxy) => this.#hold(retain(it)),
        lend: (it: Proxy) => this.#try('lent', it.call.value()),
      },
    });
    if (plan.greeted) this.#deliverAll();
  }

  #hold(proxy: Proxy): void {
    this.#held.add(proxy);
  }

  #deliverAll(): void {
    const [ownerEnd, holderEnd] = this.#ends;
    while (ownerEnd.inbox.length + holderEnd.inbox.length > 0) {
      ownerEnd.deliver();
      holderEnd.deliver();
    }
  }

  /** What can happen next. */
  get steps(): Step[] {
    const steps: Step[] = [];
    if (this.#owned < this.#plan.owner.length) steps.push('owner');
    if (this.#holding < this.#plan.holder.length) steps.push('holder');
    if (this.#ends[0].inbox.length > 0) steps.push('to owner');
    if (this.#ends[1].inbox.length > 0) steps.push('to holder');
    return steps;
  }

  async take(step: Step): Promise<void> {
    if (step === 'to owner') this.#ends[0].deliver();
    else if (step === 'to holder') this.#ends[1].deliver();
    else if (step === 'owner') this.#moveOwner(this.#plan.owner[this.#owned++] as OwnerMove);
    else this.#moveHolder(this.#plan.holder[this.#holding++] as HolderMove);
    for (let i = 0; i < 4; i++) await undefined; // what the step promised comes true
  }

  #moveOwner(move: OwnerMove): void {
    (this.#owner as unknown as Peer).notify[move]?.(this.#thing);
  }

  #moveHolder(move: HolderMove): void {
    const [held] = this.#held;
    const { call } = this.#holder;
    if (move === 'get') {
      this.#try('get', this.#get());
    } else if (move === 'build') {
      const thing = call.get?.() as unknown as RemotePromise<Proxy>;
      this.#try('build', thing.call.value());
      thing.then((it) => this.#hold(it));
    } else if (!held) return;
    else if (move === 'call') this.#try('call', held.call.value());
    else if (move === 'home')
      this.#try(
        'home',
        (call.isHome?.(held) ?? Promise.resolve()).then((is) => (is ? 'alive' : 'not home')),
      );
    else {
      held.close();
      this.#held.delete(held);
    }
  }

  async #get(): Promise<string> {
    this.#hold((await this.#holder.call.get?.()) as Proxy);
    return 'alive';
  }

  #try(what: string, outcome: Promise<unknown>): Promise<void> {
    this.#unanswered++;
    return outcome
      .then((value) => {
        if (value !== 'alive') this.#problems.push(`${what}: ${value}`);
      })
      .catch((error: unknown) => {
        this.#problems.push(`${what}: ${error}`);
      })
      .finally(() => this.#unanswered--);
  }

  /** Everything arrives; what is held still works, and is then let go of: nothing may be left. */
  async finish(): Promise<readonly string[]> {
    await this.#settle();
    for (const held of this.#held) void this.#try('in the end', held.call.value());
    await this.#settle();
    for (const held of this.#held) held.close();
    this.#held.clear();
    await this.#settle();
    for (const [name, peer] of [
      ['owner', this.#owner],
      ['holder', this.#holder],
    ] as const) {
      const { pending, running, exported, imported } = peer.stats;
      if (pending + running + exported + imported > 0)
        this.#problems.push(`${name}: ${JSON.stringify({ pending, running, exported, imported })}`);
    }
    if (this.#unanswered > 0) this.#problems.push(`${this.#unanswered} calls are unanswered`);
    this.#ends[0].close();
    return this.#problems;
  }

  async #settle(): Promise<void> {
    do {
      this.#deliverAll();
      for (let i = 0; i < 8; i++) await undefined;
    } while (this.#ends[0].inbox.length + this.#ends[1].inbox.length > 0);
  }
}

/** Every order in which a plan can happen, each tried from the start. Returns how many there are. */
async function everyOrder(plan: Plan): Promise<number> {
  let orders = 0;
  /** The choices of the order being tried, and among how many each was made. */
  const path: { choice: number; readonly among: number }[] = [];
  do {
    const world = new World(plan);
    const taken: Step[] = [];
    for (let depth = 0; ; depth++) {
      const { steps } = world;
      if (steps.length === 0) break;
      path[depth] ??= { choice: 0, among: steps.length };
      const step = steps[path[depth]?.choice ?? 0] as Step;
      taken.push(step);
      await world.take(step);
    }
    const problems = await world.finish();
    if (problems.length > 0)
      throw new Error(`${JSON.stringify(plan)}\n${taken.join(', ')}\n${problems.join('\n')}`);
    // Let the timers have their turn: a test that takes too long has to be able to say so.
    if (++orders % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    while (path.length > 0) {
      const last = path[path.length - 1];
      if (last && ++last.choice < last.among) break;
      path.pop();
    }
  } while (path.length > 0);
  return orders;
}

/** Every sequence of so many moves. */
function sequences<M>(moves: readonly M[], length: number): readonly (readonly M[])[] {
  if (length === 0) return [[]];
  return sequences(moves, length - 1).flatMap((head) => moves.map((move) => [...head, move]));
}

describe('one object, sent, re-sent, called and released: every order', () => {
  test('of one or two sends and any two moves of the holder', async () => {
    let orders = 0;
    for (const [owner, moves] of [
      [['send'], holderMoves],
      [['send', 'send'], fewerMoves],
      [['lend'], fewerMoves.slice(1)],
    ] as const) {
      for (const holder of sequences(moves, 2)) orders += await everyOrder({ owner, holder, greeted: true });
    }
    expect(orders).toBeGreaterThan(3000);
  }, 120_000);

  test.each<Pick<Plan, 'owner' | 'holder'>>([
    { owner: ['send', 'send'], holder: ['release', 'release', 'call'] },
    { owner: ['send', 'send'], holder: ['call', 'release', 'call'] },
    { owner: ['send'], holder: ['get', 'release', 'call', 'release'] },
    { owner: [], holder: ['get', 'get', 'release', 'call'] },
    { owner: [], holder: ['build', 'release', 'get', 'home'] },
    { owner: ['lend', 'send'], holder: ['release', 'home'] },
    { owner: ['lend'], holder: ['get', 'release', 'build'] },
  ])(
    'of $owner and $holder',
    async (plan) => {
      expect(await everyOrder({ ...plan, greeted: true })).toBeGreaterThan(20);
    },
    30_000,
  );

  test('long plans, drawn from a seed: with greeted, greeting and old peers', async () => {
    const random = seeded(20_261_122);
    const draw = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const old: PeerOptions = { extensions: false };
    for (let run = 0; run < 600; run++) {
      const plan: Plan = {
        owner: Array.from({ length: 10 }, () => draw(ownerMoves)),
        holder: Array.from({ length: 20 }, () => draw(holderMoves)),
        greeted: random() < 0.7,
        ...draw([{}, {}, {}, { ownerOptions: old }, { holderOptions: old }]),
      };
      const world = new World(plan);
      const taken: Step[] = [];
      for (let { steps } = world; steps.length > 0; { steps } = world) {
        const step = draw(steps);
        taken.push(step);
        await world.take(step);
      }
      expect(await world.finish(), `run ${run}: ${JSON.stringify(plan)}\n${taken.join(', ')}`).toEqual([]);
    }
  }, 120_000);
});
