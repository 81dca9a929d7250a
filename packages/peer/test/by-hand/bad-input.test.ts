import { expect, test } from 'vitest';
import { dialRaw } from './dial-raw.ts';
import { failureOf } from './failure-of.ts';
import { answered, failed } from './wire-texts.ts';

const parseError = { code: -32700, message: 'Parse error' };
const unknownFormat = { code: -32600, message: 'Unknown format' };

test.each<[text: string, id: unknown, error: object]>([
  ['', null, parseError],
  ['{', null, parseError],
  ['NaN', null, unknownFormat],
  ['null', null, unknownFormat],
  ['5', null, unknownFormat],
  ['"text"', null, unknownFormat],
  ['{}', null, unknownFormat],
  ['{"id":1}', 1, unknownFormat],
  ['{"method":5}', null, unknownFormat],
  ['{"method":null,"params":[]}', null, unknownFormat],
  ['{"__proto__":{"method":"f"}}', null, unknownFormat],
  ['{"method":"f","id":{"a":1}}', null, { code: -32600 }],
  ['{"method":"f","id":[1]}', null, { code: -32600 }],
])('%s is no message: it is told so, and disturbs no call', async (text, id, error) => {
  const { peer, raw } = await dialRaw({ handler: { f: () => 1 } });
  const call = peer.call.f();
  await raw.rest();
  const [answer, ...rest] = await raw.after(text);
  expect(JSON.parse(answer ?? '')).toMatchObject({ id, result: null, error });
  expect(rest).toEqual([]);
  expect(peer.stats).toMatchObject({ pending: 1, running: 0, invalid: 1 });
  raw.send(answered(1, 'undisturbed'));
  expect(await call).toBe('undisturbed');
});

test('a long text that is no message gets a short answer', async () => {
  const { raw } = await dialRaw();
  expect(await raw.after('x'.repeat(1_000_000))).toEqual([failed(null, parseError)]);
});

test('an id deeper than any stack is no id', async () => {
  const { peer, raw } = await dialRaw();
  const [answer] = await raw.after(`{"method":"$/ping","id":${'['.repeat(200_000)}${']'.repeat(200_000)}}`);
  expect(JSON.parse(answer ?? '')).toMatchObject({ id: null, error: { code: -32600 } });
  const call = peer.call.f();
  raw.send(answered(1, 'undisturbed'));
  expect(await call).toBe('undisturbed');
});

test('an answer with neither a result nor an error fails its call', async () => {
  const { peer, raw } = await dialRaw();
  const failure = failureOf(peer.call.f());
  await raw.after('{"id":1,"error":null}');
  expect(await failure).toMatchObject({
    code: -32600,
    message: 'The answer has neither a result nor an error',
  });
});

test('an answer whose id is none answers nothing', async () => {
  const { peer, raw } = await dialRaw();
  const call = peer.call.f();
  await raw.rest();
  expect(await raw.after('{"id":[1],"result":1}', '{"id":{"a":1},"error":1}')).toEqual([]);
  expect(peer.stats).toMatchObject({ pending: 1, stray: 2 });
  raw.send('{"id":1,"result":NaN}'); // as Python writes it
  expect(await call).toBe(Number.NaN);
});
