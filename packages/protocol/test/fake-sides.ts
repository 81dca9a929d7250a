import { inspect, isDeepStrictEqual } from 'node:util';
import {
  Codec,
  type DecodeContext,
  decodeValue,
  type EncodeContext,
  encodeValue,
  withoutClassHints,
} from '@bjsonrpc/protocol';

/** Something that travels by reference: what `owner` holds under a name. */
export class Thing {
  readonly owner: string;
  readonly name: string;
  readonly kind: 'object' | 'function' | 'iterable' | 'method';
  constructor(owner: string, name: string, kind: Thing['kind']) {
    this.owner = owner;
    this.name = name;
    this.kind = kind;
  }
}

export interface SideOptions {
  readonly classHints?: boolean;
  readonly maxDepth?: number;
  readonly codec?: Codec;
}

/** One of two ends without a connection: names instead of objects, and no table that could lack one. */
export class Side implements EncodeContext, DecodeContext {
  readonly name: string;
  readonly other: string;
  readonly codec: Codec;
  readonly classHint: EncodeContext['classHint'];
  readonly maxDepth: number;
  constructor(name: string, other: string, options: SideOptions = {}) {
    this.name = name;
    this.other = other;
    this.codec = options.codec ?? new Codec();
    this.classHint = options.classHints === false ? withoutClassHints : undefined;
    this.maxDepth = options.maxDepth ?? 200;
  }

  refer(value: object): ReturnType<EncodeContext['refer']> {
    if (!(value instanceof Thing)) return undefined;
    const { owner, name, kind } = value;
    if (owner !== this.name)
      return kind === 'method' ? { __functionreference__: name } : { __objectreference__: name };
    if (kind === 'function') return { __remoteobject__: name, callable: true };
    return kind === 'iterable' ? { __remoteobject__: name, iterable: true } : { __remoteobject__: name };
  }

  remoteObject(name: string, kind: Thing['kind']): Thing {
    return new Thing(this.other, name, kind);
  }
  localObject(name: string): Thing {
    return new Thing(this.name, name, 'object');
  }
  localFunction(name: string): Thing {
    return new Thing(this.name, name, 'method');
  }

  /** The text of a value. */
  write(value: unknown): string {
    return encodeValue(value, 'params', this);
  }
  /** The value of a text. */
  read(text: string): unknown {
    return decodeValue(JSON.parse(text), this);
  }
}

/** What arrives at B when A sends a value. */
export function sent(value: unknown, options: SideOptions = {}): unknown {
  return new Side('B', 'A', options).read(new Side('A', 'B', options).write(value));
}

/** Every path by which a stranger's key could reach a prototype, and the names that the language itself asks for. */
export const hostileNames: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'then',
  'toJSON',
  '__defineGetter__',
  '__lookupSetter__',
];

/** Equal in everything, prototypes and own keys of any name included (vitest's own comparison asks `constructor`). */
export function expectSame(actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${inspect(actual, { depth: 9 })} is not ${inspect(expected, { depth: 9 })}`);
}
