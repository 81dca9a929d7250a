import { MessageText } from '@bjsonrpc/protocol';
import { expect, test } from 'vitest';
import { elapsedMs } from './elapsed-ms.ts';

const element = `{"method":"m","params":["${'x'.repeat(1000)}"],"id":1.0}`;
const batch = `[${Array.from({ length: 1000 }, () => element)}]`;

test('what a batch tells is looked up once, whatever it holds', () => {
  const ask = (elements: number) => () => {
    const text = new MessageText(batch, true);
    for (let i = 0; i < elements; i++) {
      if (text.mayHoldHints || text.mayNameResults) throw new Error('there are none');
      if (text.spelledId(1, i) !== '1.0') throw new Error('it is there');
    }
  };
  ask(1000)(); // throws nothing
  expect(elapsedMs(ask(1000))).toBeLessThan(20 * elapsedMs(ask(1)));
});

test('ids as they were spelled', () => {
  const text = new MessageText('[{"id":1.0},{"id":"1"},{"id":100000000000000000001,"id":2},{}]', true);
  expect([0, 1, 2, 3].map((i) => text.spelledId(1, i))).toEqual(['1.0', undefined, '2', undefined]);
  expect(new MessageText('{"method":"m","id":7}', false).spelledId(7, 0)).toBe('7');
  expect(new MessageText('{"id":7e0,"method":"m"}', false).spelledId(7, 0)).toBe('7e0');
  expect(new MessageText('{"params":[{"id":7}],"\\u0069\\u0064" : -0}', false).spelledId(0, 0)).toBe('-0');
});

test('hints and results', () => {
  const has = (text: string) => {
    const { mayHoldHints, mayNameResults } = new MessageText(text, false);
    return [mayHoldHints, mayNameResults];
  };
  expect(has('{"params":[{"__literal__":1}]}')).toEqual([true, false]);
  expect(has('{"params":[{"__objectreference__":"#4"}]}')).toEqual([true, true]);
  expect(has('{"params":["a_b"]}')).toEqual([false, false]);
});
