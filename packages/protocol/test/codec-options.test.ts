import vm from 'node:vm';
import { type BuiltinName, Codec, InvalidParamsError, RegExpSource } from '@bjsonrpc/protocol';
import { describe, expect, test } from 'vitest';
import { expectSame, Side, sent } from './fake-sides.ts';

const values: readonly [BuiltinName, unknown][] = [
  ['Date', new Date(0)],
  ['Bytes', new Uint8Array(2)],
  ['Bytes', new DataView(new ArrayBuffer(2))],
  ['Map', new Map([[1, 2]])],
  ['Set', new Set([1])],
  ['URL', new URL('http://x/')],
  ['RegExp', new RegExpSource('a', 'i')],
  ['RegExp', /a/i],
  ['Error', new Error('x')],
  ['BigInt', 1n],
];

describe('a codec without a built-in class', () => {
  test.each(values)('%s', (name, value) => {
    const codec = new Codec({ without: [name] });
    const hint = new Side('A', 'B').write([value]);
    expect(() => new Side('A', 'B', { codec }).write([value])).toThrow('params[0]: cannot send');
    expect(() => new Side('B', 'A', { codec }).read(hint)).toThrow(InvalidParamsError);
    expect(() => new Side('B', 'A', { codec }).read(hint)).toThrow(`Unknown class '${name}'`);
    expectSame(sent([{ a: -0 }, undefined], { codec }), [{ a: -0 }, undefined]);
  });

  test('nor does it know those of another realm', () => {
    const codec = new Codec({ without: ['Date'] });
    expect(() => new Side('A', 'B', { codec }).write([vm.runInNewContext('new Date()')])).toThrow('a Date');
  });

  test.each(['Nothing', 'Number', 'undefined', '__proto__'])('%s is no name of one', (name) => {
    expect(() => new Codec({ without: [name as BuiltinName] })).toThrow(TypeError);
  });
});

test('a class of the application in the place of a built-in one', () => {
  class Day {
    readonly text: string;
    constructor(text: string) {
      this.text = text;
    }
  }
  const codec = new Codec().register('Date', Day, {
    encode: ({ text }) => [text],
    decode: (text) => new Day(String(text)),
  });
  expectSame(sent([new Day('Monday')], { codec }), [new Day('Monday')]);
  expect(() => sent([new Date(0)], { codec })).toThrow('cannot send a Date');
});

test('another way for the instances of a built-in class', () => {
  const codec = new Codec().register('Set', Set<unknown>, {
    encode: (set) => [...set],
    decode: (...members) => {
      if (members.length > 2) throw new TypeError('two at most');
      return new Set(members);
    },
  });
  expectSame(sent([new Set([1, 2])], { codec }), [new Set([1, 2])]);
  expect(() => sent([new Set([1, 2, 3])], { codec })).toThrow('Not a Set: two at most');
});

test('patterns of a trusted side are compiled, if that is asked for', () => {
  const codec = new Codec({ compileRegExp: true });
  expectSame(sent([/a[/"\\]b/giu], { codec }), [/a[/"\\]b/giu]);
  expectSame(sent([new RegExpSource('a', 'g')], { codec }), [/a/g]);
  for (const args of ['["(",""]', '["a","zz"]', '["a"]', '[1,""]'])
    expect(() => new Side('B', 'A', { codec }).read(`{"__jsonclass__":["RegExp",${args}]}`)).toThrow(
      'Not a RegExp',
    );
});
