import { decodeValue, envelopeOf, namesOfRemoteObjects } from '@bjsonrpc/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { referencesInText } from '../src/references-in-text.ts';
import { elapsedMs } from './elapsed-ms.ts';

const hint = (name: unknown): object => ({ __remoteobject__: name });

describe('the references of a message that is not parsed', () => {
  test.each([
    ['{"params":[{"__remoteobject__":"a"},[{"x":{"__remoteobject__":"b","callable":true}}]]}', ['a', 'b']],
    ['{"result":{ "callable" : true , "__remoteobject__" : "a" }}', ['a']],
    ['{"error":{"data":{"__remoteobject__":"a"}}}', ['a']],
    ['{"\\u0070arams":[{"__\\u0072emoteobject__":"\\u0061"}]}', ['a']],
    // keys of a literal are data, what is in its members is not
    ['{"params":[{"__literal__":{"__remoteobject__":"a","b":{"__remoteobject__":"b"}}}]}', ['b']],
    ['{"params":[{"__literal__":{"b":{"__remoteobject__":"b"},"__remoteobject__":"a"}}]}', ['b']],
    // what is no name, or stands where no hint does
    [
      `{"params":[{"__remoteobject__":"${'x'.repeat(257)}"},{"__remoteobject__":""},{"__remoteobject__":1}]}`,
      [],
    ],
    ['{"x":[{"__remoteobject__":"a"}],"id":{"__remoteobject__":"b"}}', []],
    ['{"__remoteobject__":"a"}', []],
    ['{"params":["\\"__remoteobject__\\":\\"a\\"","__remoteobject__","a"]}', []],
    // no JSON
    ['{"params":[{"__remoteobject__":"a"},{"__remoteobject__":"b', ['a']],
    ['{"params":[{"__remoteobject__":', []],
    ['"', []],
  ])('%s', (text, names) => {
    expect(referencesInText(text)).toEqual(names);
  });

  test('are those of the message that is', () => {
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('__remoteobject__', 1, null),
        fc.string().map(hint),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('a', '"', '\\', 'b}', '[', '__literal_'), tie('value'), { maxKeys: 3 }),
        fc
          .dictionary(fc.constantFrom('a', 'b', '__remoteobject__'), tie('value'), { maxKeys: 3 })
          .map((data) => ({ __literal__: data })),
      ),
    }));
    fc.assert(
      fc.property(value, (params) => {
        const text = JSON.stringify({ params: [params], method: 'f', id: 1 });
        expect(referencesInText(text)).toEqual(namesOfRemoteObjects(JSON.parse(text)));
      }),
      { numRuns: 500 },
    );
  });

  test('stand in its envelope, and nothing else of its values', () => {
    const values = [hint('a'), 'b', { c: hint('d') }];
    expect(envelopeOf(JSON.stringify({ params: values, method: 'f', id: 1 }))).toEqual({
      params: [hint('a'), hint('d')],
      method: 'f',
      id: 1,
    });
    expect(envelopeOf(JSON.stringify({ id: 1, result: values, error: null }))).toEqual({
      id: 1,
      result: [hint('a'), hint('d')],
      error: null,
    });
  });

  test.each([
    ['references', (length: number) => '{"__remoteobject__":"a"},'.repeat(length / 25)],
    ['brackets', (length: number) => '['.repeat(length)],
    ['quotes', (length: number) => '"remoteobject"'.repeat(length / 14)],
    ['backslashes', (length: number) => `"${'\\'.repeat(length)}`],
    ['literals', (length: number) => '{"__literal__":{'.repeat(length / 16)],
  ])('%s are looked for in linear time', (_, make) => {
    const took = (length: number): number => {
      const text = `{"params":["remoteobject",${make(length)}`;
      return elapsedMs(() => referencesInText(text));
    };
    took(2 ** 16);
    expect(took(2 ** 22)).toBeLessThan(16 * Math.max(1, took(2 ** 20)));
  });
});

test('the references of a value that was decoded in part, with what a codec made of it', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const cycle: object[] = [];
  cycle.push(cycle);
  const made = [proxy, cycle, new Map(), { get: () => 1 }];
  const value = [...made.map((_, i) => ({ __jsonclass__: ['Made', [i]] })), { then: hint('f') }, hint('a')];
  const received: string[] = [];
  const decode = () =>
    decodeValue(value, {
      codec: { decode: (_name, [i]) => made[i as number] },
      maxDepth: 20,
      remoteObject: (name) => {
        received.push(name);
        return () => {};
      },
      localObject: () => undefined,
      localFunction: () => undefined,
    });
  expect(decode).toThrow('named then');
  expect(received).toEqual(['f']);
  expect(namesOfRemoteObjects(value)).toEqual(['a']);
});
