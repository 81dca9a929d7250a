import {
  currentCall,
  Handler,
  type RemoteFunction,
  type RemoteObject,
  RpcError,
  retain,
} from '@bjsonrpc/peer';

/** The object that the vectors' peer hands out. */
export class Counter extends Handler {
  #total: number;
  constructor(start = 0) {
    super();
    this.#total = start;
  }
  add(amount: number): number {
    this.#total += amount;
    return this.#total;
  }
  value(): number {
    return this.#total;
  }
}

class MathApi extends Handler {
  static override readonly parameters = { subtract: ['minuend', 'subtrahend'] };
  static override readonly docs = { subtract: 'The difference of two numbers.' };
  subtract(minuend: number, subtrahend: number): number {
    return minuend - subtrahend;
  }
}

/** What the peer of the conformance vectors publishes; `packages/protocol/vectors/README.md` says it in words. */
export function vectorHandler(): object {
  const shared = new Counter();
  let kept: RemoteObject<unknown> | undefined;
  let go = (): void => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  return {
    add: (a: number, b: number) => a + b,
    echo: (value: unknown) => value,
    args: (...all: unknown[]) => all,
    nothing: () => {},
    math: new MathApi(),

    fail: (message: string, code?: number, data?: unknown) => {
      throw new RpcError(message, { ...(code !== undefined && { code }), data });
    },
    crash: () => {
      throw new RangeError('out of range');
    },
    crashWith: (members: object) => {
      throw Object.assign(new RangeError('out of range'), members);
    },
    crashBehind: () => {
      const cause = Object.assign(new TypeError('not a number'), { code: 'E_NUMBER', at: 3 });
      throw new RangeError('out of range', { cause });
    },
    crashTogether: () => {
      throw new AggregateError([new RangeError('out of range'), 'no'], 'all failed');
    },
    refuse: (value: unknown) => {
      throw value;
    },

    newCounter: (start?: number) => new Counter(start),
    shared: () => shared,
    isCounter: (value: unknown) => value instanceof Counter,
    take: () => 'taken',
    callIt: (fn: RemoteFunction<(value: unknown) => Promise<unknown>>, value: unknown) => fn(value),
    addWith: (object: RemoteObject<Counter>, amount: number) => object.call.add(amount),
    keep: (object: RemoteObject<unknown>) => {
      kept = retain(object);
    },
    drop: () => kept?.close(),

    *tick(count: number): Generator<number, string> {
      for (let i = 0; i < count; i++) yield i;
      return 'done';
    },
    *tickAndFail(count: number): Generator<number, void> {
      for (let i = 0; i < count; i++) yield i;
      throw new RangeError('no more');
    },

    wait: () => {
      const { signal } = currentCall();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
    waitForGo: () => gone,
    counterAfterGo: async () => {
      await gone;
      return new Counter();
    },
    failAfterGo: async () => {
      await gone;
      throw new RpcError('too late');
    },
    go: () => go(),
    leave: () => {
      void currentCall().peer.close({ graceMs: 60_000 });
    },
  };
}
