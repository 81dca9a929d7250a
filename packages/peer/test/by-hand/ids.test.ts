import { currentCall } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { dialRaw } from './dial-raw.ts';
import { answered, failed, objectHint, released } from './wire-texts.ts';

test.each(['"7"', '""', '0', 'false', 'true', '1.5', '-1', '1e+21', '"__proto__"', `"${'x'.repeat(100)}"`])(
  'a request with the id %s is answered under it, and cancelled by it',
  async (id) => {
    const wait = (): Promise<never> => {
      const { signal } = currentCall();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const { raw } = await dialRaw({ handler: { wait, f: () => 1 } });
    expect(await raw.after(`{"method":"f","id":${id}}`)).toEqual([`{"id":${id},"result":1,"error":null}`]);
    expect(await raw.after(`{"method":"wait","id":${id}}`, `{"method":"f","id":${id}}`)).toEqual([
      failed(JSON.parse(id), { code: -32600, message: `A request with the id ${id} is running already` }),
    ]);
    expect(await raw.after(`{"method":"$/cancelRequest","params":{"id":${id}}}`)).toEqual([
      failed(JSON.parse(id), { code: -32800, message: 'The caller cancelled' }),
    ]);
  },
);

test('ids are compared with their type', async () => {
  const { peer, raw } = await dialRaw({ handler: { wait: () => new Promise(() => {}) } });
  expect(
    await raw.after(
      ...[1, '1', true, 'true', 0, false, ''].map((id) => ({ method: 'wait', id })),
      ...[8, '8', null].map((id) => ({ method: '$/cancelRequest', params: { id } })),
    ),
  ).toEqual([]);
  expect(peer.stats.running).toBe(7);
  const call = peer.call.f();
  expect(await raw.after({ id: '1', result: 'not this one', error: null })).toEqual([
    '{"method":"f","id":1}',
  ]);
  raw.send(answered(1, 'this one'));
  expect(await call).toBe('this one');
});

test('an id that is in use is refused, what came with it is given back, and the first call goes on', async () => {
  let finish = (_: string): void => {};
  const handler = {
    wait: () =>
      new Promise<string>((resolve) => {
        finish = resolve;
      }),
  };
  const { raw } = await dialRaw({ handler });
  expect(
    await raw.after({ method: 'wait', id: 1 }, { method: 'wait', params: [objectHint('box_0001')], id: 1 }),
  ).toEqual([
    released('box_0001'),
    failed(1, { code: -32600, message: 'A request with the id 1 is running already' }),
  ]);
  finish('done');
  expect(await raw.rest()).toEqual([answered(1, 'done')]);
});
