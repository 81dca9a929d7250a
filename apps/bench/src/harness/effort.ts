/** How long and how far a run measures. */
export interface Effort {
  readonly name: 'full' | 'quick' | 'smoke';
  /** Rounds that count, in the side-by-side suites. */
  readonly rounds: number;
  /** Milliseconds for one timed loop. */
  readonly budgetMs: number;
  /** Rounds of suites whose rounds are long. */
  readonly longRounds: number;
  /** Milliseconds of each loop that a new pair of processes runs before anything is measured: code has to be hot. */
  readonly warmMs: number;
  /** Rounds before those that count. */
  readonly warmUps: number;
  /** Libraries beside the limit and our own in suites about growth. */
  readonly rivals: number;
  /** Whether suites share processes, to save their starts; else each suite has fresh ones. */
  readonly sharesProcesses: boolean;
  readonly methodBurst: number;
  readonly notifyBurst: number;
  /** The original's counts are part of its definition; only the smoke test has fewer. */
  readonly original: { readonly notify: number; readonly method: number; readonly call: number };
  readonly messageBytes: readonly number[];
  readonly inFlight: readonly number[];
  readonly connections: readonly number[];
  readonly idleConnections: number;
  /** Connections to one server, where the system has descriptors for so many. */
  readonly manyConnections: number;
  readonly objects: readonly number[];
  readonly latenciesMs: readonly number[];
  /** Rounds of process starts; one more warms the disk up, if there are several. */
  readonly starts: number;
  readonly victimMs: number;
  /** Bytes of one transfer. */
  readonly transferBytes: number;
  /** Chunks that are transferred before that is measured. */
  readonly warmChunks: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const efforts: Readonly<Record<Effort['name'], Effort>> = {
  full: {
    name: 'full',
    rounds: 11,
    budgetMs: 200,
    longRounds: 5,
    warmMs: 250,
    warmUps: 2,
    rivals: Number.POSITIVE_INFINITY,
    sharesProcesses: false,
    methodBurst: 1_000,
    notifyBurst: 10_000,
    original: { notify: 10_000, method: 3_000, call: 500 },
    messageBytes: [60, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB],
    inFlight: [1, 10, 100, 1_000, 10_000],
    connections: [1, 10, 100, 1_000, 5_000],
    idleConnections: 2_000,
    manyConnections: 20_000,
    objects: [100, 1_000, 10_000, 100_000],
    latenciesMs: [0, 10, 80],
    starts: 9,
    victimMs: 2_000,
    transferBytes: 256 * MIB,
    warmChunks: 8_192,
  },
  quick: {
    name: 'quick',
    rounds: 3,
    budgetMs: 40,
    longRounds: 1,
    warmMs: 60,
    warmUps: 1,
    rivals: 1,
    sharesProcesses: true,
    methodBurst: 1_000,
    notifyBurst: 10_000,
    original: { notify: 10_000, method: 3_000, call: 500 },
    messageBytes: [60, 4 * KIB, 64 * KIB, MIB],
    inFlight: [1, 10, 100, 1_000],
    connections: [1, 100],
    idleConnections: 500,
    manyConnections: 1_000,
    objects: [10_000],
    latenciesMs: [0, 10],
    starts: 1,
    victimMs: 300,
    transferBytes: 32 * MIB,
    warmChunks: 512,
  },
  smoke: {
    name: 'smoke',
    rounds: 2,
    budgetMs: 15,
    longRounds: 1,
    warmMs: 30,
    warmUps: 1,
    rivals: 1,
    sharesProcesses: true,
    methodBurst: 100,
    notifyBurst: 200,
    original: { notify: 200, method: 100, call: 20 },
    messageBytes: [60, 4 * KIB],
    inFlight: [1, 10],
    connections: [1, 5],
    idleConnections: 20,
    manyConnections: 20,
    objects: [100],
    latenciesMs: [0],
    starts: 1,
    victimMs: 100,
    transferBytes: 2 * MIB,
    warmChunks: 4,
  },
};
