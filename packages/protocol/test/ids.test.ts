import { Counter, InvalidRequestError, idText, objectName, spelledIds } from '@bjsonrpc/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const MAX = 128;

/** The id with which the only message of a text is answered. */
function answered(text: string): string {
  const { id } = JSON.parse(text) as { id: unknown };
  return idText(id, MAX, () => spelledIds(text, false).get(0));
}

/** The same of every message of a batch. */
function answeredAll(text: string): string[] {
  const messages = JSON.parse(text) as { id: unknown }[];
  const spelled = spelledIds(text, true);
  return messages.map(({ id }, index) => idText(id, MAX, () => spelled.get(index)));
}

const spellings = [
  '1',
  '0',
  '-0',
  '-0.0',
  '1.0',
  '1e2',
  '1E+2',
  '100',
  '1e-7',
  '12345678901234567890',
  '9007199254740993',
  '-9007199254740993',
  '1e400',
  '0.1000000000000000055511151231257827',
  '3.14',
  '-5',
];

describe('a number comes back digit for digit', () => {
  const shapes: { readonly [name: string]: (id: string) => string } = {
    'last member': (id) => `{"params":[1],"method":"m","id":${id}}`,
    'first member': (id) => `{"id":${id},"method":"m"}`,
    'in the middle, with blanks': (id) => `{ "method" : "m" , "id" :\t${id}\r\n , "params" : [ ] }`,
    'followed by extras': (id) => `{"method":"m","id":${id},"stream":64,"timeout":7}`,
    'twice, the last counts': (id) => `{"id":77,"method":"m","id":${id}}`,
    'twice, the first was no number': (id) => `{"id":"x","method":"m","id":${id}}`,
    'after a nested one': (id) => `{"params":[{"id":7},{"a":{"id":8.0}}],"method":"m","id":${id}}`,
    'before a nested one': (id) => `{"id":${id},"params":[{"id":1},{"id":100}],"method":"m"}`,
    'before one in the kwparams': (id) => `{"id":${id},"method":"m","kwparams":{"id":1}}`,
    'beside one in a text': (id) => `{"id":${id},"method":"m","params":["\\"id\\":1}","{","id"]}`,
    'beside a member whose value is "id"': (id) => `{"method":"id","x":"id","id":${id}}`,
    'with an escape in its key': (id) => `{"\\u0069d":${id},"method":"m"}`,
    'with both escaped': (id) => `{"\\u0069\\u0064":${id},"method":"m"}`,
    'beside keys that look alike': (id) => `{"ID":5,"id ":6,"\\"id":7,"id":${id},"id\\\\":8}`,
    'beside a key that ends in a backslash': (id) => `{"\\\\":1,"id":${id}}`,
  };
  for (const [name, shape] of Object.entries(shapes)) {
    test(name, () => {
      for (const id of spellings) expect(answered(shape(id))).toBe(id);
    });
  }

  test('in batches, whatever stands in the elements before', () => {
    const elements = Object.values(shapes).map((shape, i) => shape(spellings[i % spellings.length] ?? '1'));
    const others = ['5', '"id"', '[{"id":9}]', '{"id":"x"}', 'null', '[]', '{"method":"no id"}'];
    const ids = elements.map(answered);
    const mixed = elements.flatMap((element, i) => [element, others[i % others.length] ?? '0']);
    const spelled = spelledIds(`[${mixed.join(' , ')}]`, true);
    expect(elements.map((_, i) => spelled.get(2 * i))).toEqual(ids);
    expect(answeredAll(`[${elements.join()}]`)).toEqual(ids);
    expect(answeredAll('[{"id":1.0,"method":"m"},{"id":1,"method":"m"}]')).toEqual(['1.0', '1']);
  });

  test('any number, anywhere in any message', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/);
    const other = fc.tuple(fc.string(), fc.jsonValue()).filter(([key]) => key !== 'id');
    fc.assert(
      fc.property(fc.array(other), fc.array(other), digits, (before, after, id) => {
        const member = ([key, value]: [string, unknown]): string =>
          `${JSON.stringify(key)}:${JSON.stringify(value)}`;
        const text = `{${[...before.map(member), `"id":${id}`, ...after.map(member)].join()}}`;
        expect(answered(text)).toBe(id);
        expect(answeredAll(`[${text},${text}]`)).toEqual([id, id]);
      }),
    );
  });

  test('a batch is scanned once, however many messages it has', () => {
    const text = `[${Array.from({ length: 1000 }, (_, i) => `{"id":${i}.0,"method":"m","params":["${'x'.repeat(1000)}"]}`)}]`;
    const start = performance.now();
    expect(answeredAll(text)).toHaveLength(1000);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('other ids', () => {
  test('texts, up to a length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: MAX }), (id) => {
        const text = answered(JSON.stringify({ method: 'm', id }));
        expect(JSON.parse(text)).toBe(id);
      }),
    );
    expect(() => idText('x'.repeat(MAX + 1), MAX, () => undefined)).toThrow(InvalidRequestError);
    expect(() => answered(`{"id":${'9'.repeat(MAX + 1)}}`)).toThrow(InvalidRequestError);
  });

  test('true, false, 0 and "" are ids; 1 and "1" are two', () => {
    expect(['true', 'false', '0', '""', '1', '"1"'].map((id) => answered(`{"id":${id}}`))).toEqual([
      'true',
      'false',
      '0',
      '""',
      '1',
      '"1"',
    ]);
  });

  test.each(['[1]', '{}', '{"a":1}', '[]'])('%s is none', (id) => {
    expect(() => answered(`{"id":${id}}`)).toThrow(InvalidRequestError);
  });

  test('nor is a number that JSON cannot write', () => {
    for (const id of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => idText(id, MAX, () => undefined)).toThrow(InvalidRequestError);
    }
  });
});

test('one counter numbers from 1; names have four hex digits at least', () => {
  const counter = new Counter();
  expect([counter.next(), counter.next()]).toEqual([1, 2]);
  expect(objectName('MyList', 1)).toBe('mylist_0001');
  expect(objectName('Counter', 0x12345)).toBe('counter_12345');
  for (const odd of ['', 'a.b', '#4', 'two words']) expect(objectName(odd, 1)).toBe('object_0001');
});
