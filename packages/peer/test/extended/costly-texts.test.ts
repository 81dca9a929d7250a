import { createReadStream } from 'node:fs';
import { InvalidParamsError, LimitExceededError, MethodNotFoundError } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { rawFarSide } from '../raw-far-side.ts';

const limits = { maxNodes: 50_000 };
const many = `[${'1,'.repeat(60_000)}1]`;

test('a request that is too much to read is refused by its id, and an answer fails its call', async () => {
  const far = rawFarSide({ echo: (x: unknown) => x }, { extensions: false, limits });
  expect(await far.ask(`{"method":"echo","id":"a","params":${many}}`)).toBe(
    '{"id":"a","result":null,"error":"A message may hold 50000 values (maxNodes)"}',
  );
  const call = far.peer.call.anything?.();
  await far.next();
  far.write(`{"result":${many},"error":null,"id":1}`);
  await expect(call).rejects.toThrow(LimitExceededError);
  expect(far.peer.stats).toMatchObject({ pending: 0, running: 0, invalid: 0 });
});

test('an element of a batch that nests too deep fails alone', async () => {
  const far = rawFarSide({ echo: (x: unknown) => x }, { extensions: false });
  const deep = `${'['.repeat(300)}${']'.repeat(300)}`;
  far.write(`[{"method":"echo","id":1,"params":[${deep}]},{"method":"echo","id":2,"params":["well"]}]`);
  expect(await far.next()).toContain('maxDepth');
  expect(await far.next()).toBe('{"id":2,"result":"well","error":null}');
});

test('every element of a batch costs what it costs alone', async () => {
  const far = rawFarSide({ echo: (x: unknown) => x }, { extensions: false });
  const blocked = async (text: string, answers: number): Promise<number> => {
    const start = performance.now();
    far.write(text);
    for (let i = 0; i < answers; i++) await far.next();
    return performance.now() - start;
  };
  const element = `{"method":"echo","params":["${'x'.repeat(4000)}",{}],"id":1.0}`;
  await blocked(`[${Array(1000).fill(element)}]`, 1000);
  const together = await blocked(`[${Array(1000).fill(element)}]`, 1000);
  let alone = 0;
  for (let i = 0; i < 1000; i++) alone += await blocked(element, 1);
  expect(together).toBeLessThan(3 * alone);
});

test('masked: what other peers say under whatever class, and the paths of what cannot be sent', async () => {
  const told: unknown[] = [];
  const far = rawFarSide(
    {
      pass: () => far.peer.call.fail?.(),
      path: () => ({ secret: { path: new (class Secret {})() } }),
      own: () => {
        throw new InvalidParamsError('for all to read');
      },
    },
    { extensions: false, maskErrors: true, onError: (error) => told.push(error) },
  );
  far.write('{"method":"pass","id":"p"}');
  await far.next();
  far.write('{"id":1,"result":null,"error":{"code":-32601,"message":"SECRET"}}');
  expect(await far.next()).toMatch(/^\{"id":"p","result":null,"error":"Internal error \w+"}$/);
  expect(told[0]).toBeInstanceOf(MethodNotFoundError);
  expect(await far.ask('{"method":"path","id":2}')).toMatch(/"Internal error \w+"/);
  expect(await far.ask('{"method":"own","id":3}')).toContain('for all to read');
});

test('a stream of Node that nobody reads is destroyed', async () => {
  const file = createReadStream(new URL(import.meta.url));
  const far = rawFarSide({ open: () => file, echo: (x: unknown) => x });
  far.write('{"method":"$/hello","params":[{"version":1,"extensions":["references","streams"]}]}');
  await far.next();
  far.write('{"method":"open"}');
  await far.ask('{"method":"echo","params":[1],"id":1}');
  expect(file.destroyed).toBe(true);
});
