import { Handler, type Peer, type RemoteFunction } from '@bjsonrpc/peer';
import { describe, expect, test } from 'vitest';
import { rawFarSide } from './raw-far-side.ts';

const SYMBOL = Symbol('method');

class Base extends Handler {
  inherited(): string {
    return 'inherited';
  }
  overridden(): string {
    return 'of the base';
  }
  hiddenByAccessor(): string {
    return 'SECRET';
  }
  hiddenByField = 'shadow';
  nonPublicInBase(): string {
    return 'SECRET';
  }
  nonPublicInApi(): string {
    return 'SECRET';
  }
  static override readonly nonPublic: readonly string[] = ['nonPublicInBase'];
}

class Api extends Base {
  static override readonly nonPublic: readonly string[] = ['nonPublicInApi', 'alsoNonPublic'];
  static override readonly docs = { own: 'What is its own.' };
  static override readonly parameters = { own: ['a', 'b'], inherited: ['flag'] };
  static statically(): string {
    return 'SECRET';
  }
  arrow = (): string => 'SECRET';
  own(): string {
    return 'own';
  }
  override overridden(): string {
    return `${super.overridden()}, overridden`;
  }
  alsoNonPublic(): string {
    return 'SECRET';
  }
  override nonPublicInBase(): string {
    return 'SECRET'; // overridden, and still what the base says it is
  }
  get accessor(): () => string {
    throw new Error('an accessor was read');
  }
  set setter(_: unknown) {
    throw new Error('an accessor was written');
  }
  [SYMBOL](): string {
    return 'SECRET';
  }
  #hashPrivate(): string {
    return 'own';
  }
  private erased(): string {
    return this.#hashPrivate();
  }
  usesErased(): string {
    return this.erased();
  }
  _underscore(): string {
    return 'SECRET';
  }
  $dollar(): string {
    return 'SECRET';
  }
  Capital(): string {
    return 'SECRET';
  }
  straße(): string {
    return 'own';
  }
  with_under_2(): string {
    return 'own';
  }
  override async onOpen(): Promise<void> {}
  override onClose(): void {}
  toJSON(): string {
    return 'SECRET';
  }
  override toString(): string {
    return 'the author’s own';
  }
}

// As `override get hiddenByAccessor()` does where TypeScript does not look.
Object.defineProperty(Api.prototype, 'hiddenByAccessor', {
  get() {
    throw new Error('an accessor was read');
  },
});

const candidates = [
  ...['inherited', 'overridden', 'hiddenByAccessor', 'hiddenByField', 'nonPublicInBase', 'nonPublicInApi'],
  ...[
    'statically',
    'arrow',
    'own',
    'alsoNonPublic',
    'accessor',
    'setter',
    'hashPrivate',
    '#hashPrivate',
    'erased',
  ],
  ...[
    'usesErased',
    '_underscore',
    '$dollar',
    'Capital',
    'straße',
    'with_under_2',
    'onOpen',
    'onClose',
    'toJSON',
  ],
  ...['peer', 'constructor', 'prototype', '__proto__', 'hasOwnProperty', 'valueOf', 'isPrototypeOf', 'then'],
  ...['toString', '__defineGetter__', '__call__', '__iter__', '', '.', 'own.', '.own', 'own.call', 'own.own'],
  ...[
    'own.constructor',
    'constructor.constructor',
    'Symbol(method)',
    'name',
    'length',
    'secret',
    '_fn',
    '$fn',
  ],
  ...[
    'fn',
    'Fn',
    'inner.fn',
    'inner',
    'inner._fn',
    'list.push',
    'date.getTime',
    'inner.deep.fn',
    'handler.own',
  ],
  ...[
    'handler.erased',
    'handler._underscore',
    'map.fn',
    'dotted.fn',
    'klass',
    'foreign.fn',
    'null.fn',
    'inner.inner.fn',
  ],
];

/** Whoever asks in whatever way: the candidates that can be called, sorted. */
const ways: { readonly [way: string]: (owner: object) => Promise<readonly string[]> } = {
  'a call': async (owner) => {
    const far = rawFarSide(owner);
    return filter(candidates, (name) => far.call(name));
  },
  'a notification': async (owner) => {
    const unknown: (string | undefined)[] = [];
    const far = rawFarSide(owner, { onError: (_, { method }) => unknown.push(method) });
    for (const method of candidates) far.write(JSON.stringify({ params: [], method }));
    await far.call('$/nothing').catch(() => {});
    return candidates.filter((name) => !unknown.includes(name)).sort();
  },
  'a function reference': async (owner) => {
    const far = rawFarSide(withTake(owner));
    const found = await filter(candidates, (name) => far.call('take', { __functionreference__: name }));
    return found.filter((name) => name !== 'take');
  },
  'an exported object': async (owner) => {
    if (!(owner instanceof Handler)) return ways['a call']?.(owner) ?? [];
    const far = rawFarSide({ give: () => owner });
    const { __remoteobject__: object } = (await far.call('give')) as { __remoteobject__: string };
    return filter(candidates, (name) => far.call(`${object}.${name}`));
  },
  'a description': async (owner) => {
    const far = rawFarSide(owner);
    far.write('{"method":"$/hello","params":[{"version":1,"extensions":["describe"],"limits":{}}]}');
    await far.next();
    const { methods } = (await far.call('$/describe')) as { methods: { name: string }[] };
    return methods.map(({ name }) => name).sort();
  },
};

/** The same with one method more, which takes a function. */
function withTake(owner: object): object {
  const take = (fn: unknown): string => typeof fn;
  if (owner instanceof Map) return new Map([...owner, ['take', take]]);
  if (!(owner instanceof Handler)) {
    const members = { ...Object.getOwnPropertyDescriptors(owner), take: { value: take } };
    return Object.create(Object.getPrototypeOf(owner), members);
  }
  class WithTake extends (owner.constructor as new () => Handler) {
    take(fn: unknown): string {
      return take(fn);
    }
  }
  const { published } = owner.constructor as typeof Handler;
  if (published) Object.defineProperty(WithTake, 'published', { value: [...published, 'take'] });
  return new WithTake();
}

async function filter(names: readonly string[], call: (name: string) => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    try {
      expect(JSON.stringify(await call(name))).not.toContain('SECRET');
      found.push(name);
    } catch (error) {
      expect((error as Error).message).toMatch(
        /^(Unknown (method|object) '|Malformed __functionreference__$)/,
      );
    }
  }
  return found.sort();
}

class Listed extends Base {
  static override readonly published: readonly string[] = [
    'own',
    '_underscore',
    'then',
    'onClose',
    'absent',
    'Fn',
  ];
  own(): string {
    return 'own';
  }
  notListed(): string {
    return 'SECRET';
  }
  Fn(): string {
    return 'listed, whatever its name';
  }
  _underscore(): string {
    return 'SECRET';
  }
  override onClose(): void {}
}
class ExtendsListed extends Listed {
  usesErased(): string {
    return 'SECRET';
  }
}
class ListedAndNot extends Api {
  static override readonly published: readonly string[] = ['own', 'inherited', 'alsoNonPublic'];
}

const fn = (): string => 'fn';
class Foreign {
  fn = fn;
  method(): string {
    return 'SECRET';
  }
}
const object = {
  fn,
  Fn: fn,
  _fn: fn,
  $fn: fn,
  'dotted.fn': fn,
  secret: 'SECRET',
  list: ['SECRET'],
  date: new Date(),
  inner: { fn, _fn: fn, deep: { fn } },
  handler: new Api(),
  map: new Map([['fn', fn]]),
  null: null,
  foreign: new Foreign(),
  get accessor(): never {
    throw new Error('an accessor was read');
  },
  [SYMBOL]: fn,
};
Object.defineProperty(object, 'then', { value: fn, enumerable: true });
const apiNames = [
  'inherited',
  'overridden',
  'own',
  'erased',
  'straße',
  'toString',
  'usesErased',
  'with_under_2',
];
const owners: readonly [name: string, owner: () => object, published: readonly string[]][] = [
  ['a class, its base, and nothing beyond', () => new Api(), apiNames],
  ['a class with a list: exactly that, hooks and underscores never', () => new Listed(), ['own', 'Fn']],
  ['a class that extends one with a list', () => new ExtendsListed(), ['own', 'Fn']],
  ['a list beside a non-public one', () => new ListedAndNot(), ['own', 'inherited']],
  ['a Handler as it is', () => new (class extends Handler {})(), []],
  [
    'a plain object, with namespaces',
    () => object,
    ['fn', 'Fn', 'dotted.fn', 'inner.fn', 'inner.deep.fn', ...apiNames.map((name) => `handler.${name}`)],
  ],
  ['an object without a prototype', () => Object.assign(Object.create(null), { fn }), ['fn']],
  ['an object that inherits', () => Object.create({ fn }, { own: { value: fn, enumerable: true } }), ['own']],
  ['an instance of any other class: its own function members', () => new Foreign(), ['fn']],
  [
    'a Map',
    () =>
      new Map<string, unknown>([
        ['fn', fn],
        ['_fn', fn],
        ['$fn', fn],
        ['then', fn],
        ['secret', 'SECRET'],
        ['dotted.fn', fn],
      ]),
    ['fn', 'dotted.fn'],
  ],
];

describe('the same methods, whichever way they are asked for', () => {
  for (const [name, owner, published] of owners) {
    for (const [way, ask] of Object.entries(ways)) {
      test(`${name}: ${way}`, async () => {
        const expected = published.filter((method) => way === 'a description' || candidates.includes(method));
        expect(await ask(owner())).toEqual([...expected].sort());
      });
    }
  }

  test('nothing is published by default', async () => {
    const far = rawFarSide(undefined);
    expect(await filter(candidates, (method) => far.call(method))).toEqual([]);
    expect(await far.call('$/describe')).toEqual({ methods: [] });
  });
});

describe('what a method is called with and on', () => {
  test('an override is what is called, with the object as this', async () => {
    const far = rawFarSide(new Api());
    expect(await far.call('overridden')).toBe('of the base, overridden');
    expect(await far.call('usesErased')).toBe('own');
  });

  test('members of a plain object and of a namespace are called on it', async () => {
    const counter = {
      count: 0,
      up(this: { count: number }): number {
        return ++this.count;
      },
    };
    const far = rawFarSide({ counter, top: 5, read: whoAmI });
    function whoAmI(this: { top: number }): number {
      return this.top;
    }
    expect(await far.call('counter.up')).toBe(1);
    expect(await far.call('counter.up')).toBe(2);
    expect(await far.call('read')).toBe(5);
  });

  test('members come and go', async () => {
    const api: { [name: string]: () => number } = {};
    const map = new Map<string, () => number>();
    for (const [far, set] of [
      [rawFarSide(api), (f: () => number) => Object.assign(api, { late: f })],
      [rawFarSide(map), (f: () => number) => map.set('late', f)],
    ] as const) {
      await expect(far.call('late')).rejects.toThrow('Unknown method');
      set(() => 1);
      expect(await far.call('late')).toBe(1);
      set(() => 2);
      expect(await far.call('late')).toBe(2);
    }
  });

  test('parameter names of a class count for what it inherits, too; docs and names are described', async () => {
    const far = rawFarSide(new Api());
    const { methods } = (await far.call('$/describe')) as { methods: { name: string }[] };
    expect(methods.find(({ name }) => name === 'own')).toEqual({
      name: 'own',
      parameters: ['a', 'b'],
      doc: 'What is its own.',
    });
    expect(methods.find(({ name }) => name === 'inherited')).toEqual({
      name: 'inherited',
      parameters: ['flag'],
    });
    expect(methods.find(({ name }) => name === 'straße')).toEqual({ name: 'straße' });
  });
});

test('a callback is resolved as a call is: the far side cannot name what is not published', async () => {
  class Caller extends Handler {
    async run(callback: RemoteFunction<(n: number) => Promise<number>>): Promise<number> {
      return callback(1);
    }
    back(peer: Peer): string {
      return typeof peer;
    }
    nonPublic(): string {
      return 'SECRET';
    }
    static override readonly nonPublic = ['nonPublic'];
  }
  const far = rawFarSide(new Caller());
  const reference = (name: string) => ({ __functionreference__: name });
  await expect(far.call('run', reference('nonPublic'))).rejects.toThrow("Unknown method 'nonPublic'");
  await expect(far.call('run', reference('function_0099.__call__'))).rejects.toThrow('Unknown object');
  await expect(far.call('run', reference('constructor'))).rejects.toThrow('Unknown method');
  expect(await far.call('run', reference('back'))).toBe('number'); // a local call, of a published method
});
