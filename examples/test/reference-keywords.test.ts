import { connect, createServer, kw, type Peer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';
import { ServerHandler } from '../src/reference-handler.ts';

async function open(): Promise<Peer['call']> {
  const network = memory();
  await createServer(network, () => new ServerHandler());
  return (await connect(network, { extensions: false })).call;
}

test.each<[string, object, unknown]>([
  ['mixed', { first: 1, second: 2 }, { first: 1, second: 2, rest: [], named: {} }],
  ['mixed', { second: 2, first: 1, third: 3 }, { first: 1, second: 2, rest: [], named: { third: 3 } }],
  ['kw', { a: 1, b: 2 }, { a: 1, b: 2 }],
  ['add', { second: 3, first: 2 }, 5],
  ['getabc', { c: 3 }, [null, null, 3]],
  ['slow', { value: 'v', seconds: 0 }, 'v'],
  ['addAll', {}, 0],
])("a Python client's %s with keywords: %o", async (method, named, expected) => {
  const call = await open();
  expect(await call[method]?.(kw({ ...named }))).toEqual(expected);
});

test('positional ones beside them', async () => {
  const call = await open();
  expect(await call.mixed?.(1, 2, 3, kw({ x: 4 }))).toEqual({
    first: 1,
    second: 2,
    rest: [3],
    named: { x: 4 },
  });
  expect(await call.mixed?.(1)).toEqual({ first: 1, second: 'two', rest: [], named: {} });
  await expect(call.addAll?.(1, kw({ x: 4 }))).rejects.toThrow(/no parameter 'x'/);
});
