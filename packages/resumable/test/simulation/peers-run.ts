import {
  CancelledError,
  ConnectionClosedError,
  connect,
  createServer,
  currentCall,
  Handler,
  type Peer,
  type RemoteFunction,
  type RemoteObject,
} from '@bjsonrpc/peer';
import type { ResumableOptions } from '@bjsonrpc/resumable';
import { type Scene, sceneOf } from './session-pair.ts';
import type { Findings } from './story.ts';

/** An object of the server's: each amount counts once, and in the order of the calls. */
class Account extends Handler {
  readonly #amounts: number[] = [];
  add(amount: number): number {
    return this.#amounts.push(amount);
  }
  amounts(): number[] {
    return this.#amounts;
  }
}

/** What the server has seen, on all of its connections. */
class Record {
  /** How often each operation has run. */
  readonly runs = new Map<number, number>();
  opened = 0;
  closed = 0;
}

class Api extends Handler {
  readonly #record: Record;

  constructor(record: Record) {
    super();
    this.#record = record;
  }
  #run(op: number): void {
    const { runs } = this.#record;
    runs.set(op, (runs.get(op) ?? 0) + 1);
  }
  override onOpen(): void {
    this.#record.opened++;
  }
  override onClose(): void {
    this.#record.closed++;
  }
  double(op: number): number {
    this.#run(op);
    return 2 * op;
  }
  note(op: number): void {
    this.#run(op);
  }
  account(op: number): Account {
    this.#run(op);
    return new Account();
  }
  async *count(op: number, to: number): AsyncGenerator<number> {
    this.#run(op);
    for (let i = 0; i < to; i++) yield i;
  }
  async callBack(op: number, callback: RemoteFunction<(op: number) => number>): Promise<number> {
    this.#run(op);
    return (await callback(op)) + 1;
  }
  /** Only ends when it is cancelled. */
  async wait(op: number): Promise<void> {
    this.#run(op);
    const { signal } = currentCall();
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }
}

interface ClientApi {
  triple(n: number): number;
}

/** What has become of one operation. */
type Outcome = 'right' | 'did not run' | 'may have run' | `wrong: ${string}`;

/** The later calls of an operation that has begun: whatever becomes of them, it may have run. */
async function later<Results extends readonly unknown[]>(
  ...calls: { readonly [i in keyof Results]: PromiseLike<Results[i]> }
): Promise<Results> {
  try {
    return (await Promise.all(calls)) as unknown as Results;
  } catch (error) {
    if (!(error instanceof ConnectionClosedError)) throw error;
    throw new ConnectionClosedError(error.message, { sent: true, cause: error });
  }
}

/** Everything that a peer can do, each operation checked by what comes of it, and against what has run. */
class Client {
  readonly peer: Peer<Api>;
  readonly scene: Scene;
  readonly ops: Promise<void>[] = [];
  readonly outcomes = new Map<number, Outcome>();
  /** Notifications, of which nothing is heard. */
  readonly notes: number[] = [];
  #last = 0;

  constructor(peer: Peer<Api>, scene: Scene) {
    this.peer = peer;
    this.scene = scene;
  }

  begin(): void {
    const { random } = this.scene;
    const op = ++this.#last;
    const kinds = [
      this.#call,
      this.#call,
      this.#note,
      this.#object,
      this.#pipelined,
      this.#stream,
      this.#callback,
      this.#cancel,
    ];
    const kind = kinds[Math.floor(random() * kinds.length)] as (op: number) => Promise<unknown>;
    const done = kind.call(this, op).then(
      (isRight) =>
        isRight !== undefined && this.outcomes.set(op, isRight === true ? 'right' : `wrong: ${isRight}`),
      (error: unknown) => {
        const isLost = error instanceof ConnectionClosedError;
        this.outcomes.set(op, isLost ? (error.sent ? 'may have run' : 'did not run') : `wrong: ${error}`);
      },
    );
    this.ops.push(done.then(() => {}));
  }

  async #call(op: number): Promise<unknown> {
    return (await this.peer.call.double(op)) === 2 * op;
  }

  async #note(op: number): Promise<undefined> {
    this.notes.push(op);
    this.peer.notify.note(op);
  }

  async #object(op: number): Promise<unknown> {
    using account: RemoteObject<Account> = await this.peer.call.account(op);
    for (let i = 0; i < 3; i++) account.notify.add(i);
    const [size, amounts] = await later(account.call.add(3), account.call.amounts());
    return size === 4 && String(amounts) === '0,1,2,3';
  }

  async #pipelined(op: number): Promise<unknown> {
    const account = this.peer.call.account(op);
    const rest = later(account.call.add(7), account.call.amounts());
    const [opened, results] = await Promise.allSettled([account, rest]);
    if (opened.status === 'rejected') throw opened.reason;
    opened.value.close();
    if (results.status === 'rejected') throw results.reason;
    const [size, amounts] = results.value;
    return size === 1 && String(amounts) === '7';
  }

  async #stream(op: number): Promise<unknown> {
    const to = 1 + Math.floor(this.scene.random() * 200);
    let next = 0;
    for await (const item of this.peer.pipe.count(op, to))
      if (item !== next++) return `${item} of the stream`;
    return next === to;
  }

  async #callback(op: number): Promise<unknown> {
    return (await this.peer.call.callBack(op, (n: number) => 3 * n)) === 3 * op + 1;
  }

  async #cancel(op: number): Promise<unknown> {
    const request = this.peer.method.wait(op);
    this.scene.clock.setTimeout(() => request.cancel(), this.scene.random() * 3000);
    try {
      await request.value;
    } catch (error) {
      if (error instanceof CancelledError) return undefined; // whether it ever got there or not
      throw error;
    }
    return 'what only ends when it is cancelled has ended';
  }
}

/** A server and a client in bad weather, their session never lost: every operation does what it does on a good day. */
export const peersRun = (seed: number): Promise<Findings> => run(seed, undefined);

/** The same, and sessions are lost: what is told of each call is true, and nothing runs twice. */
export const lostPeersRun = (seed: number): Promise<Findings> =>
  run(seed, { keepMs: 8000, giveUp: ({ awayMs }) => awayMs > 25_000 });

async function run(seed: number, losing: ResumableOptions | undefined): Promise<Findings> {
  const scene = sceneOf(seed, losing);
  const { random, clock, network, story, transport } = scene;
  const options = {
    clock,
    random,
    timeout: 0,
    pingInterval: random() < 0.5 ? 5000 : 60_000,
    onError: () => {},
  };
  const record = new Record();
  const opening = createServer<ClientApi>(transport, () => new Api(record), options);
  await clock.advance(0);
  const server = await opening;
  const peer = await connect<Api>(transport, { ...options, handler: { triple: (n: number) => 3 * n } });
  const client = new Client(peer, scene);
  // A session that has not begun cannot be resumed: nobody knows whether its first messages have been there.
  if (losing === undefined) await clock.advance(1000);
  scene.startWeather();
  const busyMs = 15_000 + random() * 40_000;
  while (clock.now() < busyMs) {
    for (let i = random() * 12; i > 0; i--) client.begin();
    await clock.advance(random() * 1500);
  }
  scene.stopWeather();
  await clock.advance(100_000);
  const isLost = losing !== undefined && scene.states.get('dialler') !== 'connected';
  const closing = peer.close();
  await clock.advance(20_000);
  await closing;
  await Promise.all(client.ops);

  const wrong: string[] = [];
  for (const [op, outcome] of client.outcomes) {
    const runs = record.runs.get(op) ?? 0;
    const isTrue =
      outcome === 'right'
        ? runs === 1
        : outcome === 'did not run'
          ? runs === 0
          : outcome === 'may have run' && runs <= 1;
    if (!isTrue || (!isLost && outcome !== 'right'))
      wrong.push(`operation ${op}: ${outcome}; it ran ${runs} times`);
  }
  for (const op of client.notes) {
    const runs = record.runs.get(op) ?? 0;
    if (runs > 1 || (runs === 0 && !isLost)) wrong.push(`notification ${op} ran ${runs} times`);
  }
  const ended = server.close();
  await clock.advance(20_000);
  await ended;
  await clock.advance(10_000);
  const { pending, running, exported, imported } = peer.stats;
  if (pending + running + exported + imported > 0) wrong.push(`left: ${JSON.stringify(peer.stats)}`);
  if (server.connections.size > 0) wrong.push(`${server.connections.size} peers of the server are left`);
  if (record.opened !== record.closed)
    wrong.push(`opened ${record.opened} times, and closed ${record.closed} times`);
  if (clock.pending > 0) wrong.push(`${clock.pending} timers are left`);
  if (network.connections > 0) wrong.push(`${network.connections} connections are left`);
  const checked = client.ops.length;
  return { wrong, story, faults: story.faults, checked, connections: scene.connections() };
}
