import { createServer } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import { expect, onTestFinished, test } from 'vitest';
import { longestBlockMs } from './longest-block.ts';
import { RawClient } from './raw-client.ts';

async function attacker(): Promise<{ client: RawClient; quiet: RawClient }> {
  const server = await createServer(tcp({ port: 0 }), () => ({ echo: (x: unknown) => x }), {
    onError: () => {},
  });
  onTestFinished(() => server.close({ graceMs: 0 }));
  const open = async (): Promise<RawClient> => {
    const client = await RawClient.connect(server.address.port ?? 0);
    onTestFinished(() => client[Symbol.dispose]());
    return client;
  };
  return { client: await open(), quiet: await open() };
}

const MIB = 2 ** 20;
const fill = (part: string, bytes: number): string => part.repeat(bytes / part.length);

const texts: [string, (bytes: number) => string][] = [
  ['empty objects', (bytes) => `{"method":"echo","id":1,"params":[${fill('{},', bytes)}1]}`],
  ['NaN', (bytes) => `{"method":"echo","id":1,"params":[${fill('NaN,', bytes)}1]}`],
  ['brackets', (bytes) => `{"method":"echo","id":1,"params":${fill('[', bytes / 2)}${fill(']', bytes / 2)}}`],
  ['open brackets', (bytes) => fill('[', bytes)],
  [
    'colliding keys',
    () => {
      const keys = Array.from(
        { length: 20_000 },
        (_, i) => `{"__jsonclass__":["BigInt",["${BigInt(i) << 64n}"]]}`,
      );
      return `{"method":"echo","id":1,"params":[{"__jsonclass__":["Set",[[${keys}]]]}]}`;
    },
  ],
  [
    'a pattern',
    () =>
      `{"method":"echo","id":1,"params":[{"__jsonclass__":["RegExp",["${fill('\\\\p{RGI_Emoji}', 30_000)}","iv"]]}]}`,
  ],
  [
    'a host',
    () =>
      `{"method":"echo","id":1,"params":[{"__jsonclass__":["URL",["http://a${fill('\u0301\u0316', 100_000)}"]]}]}`,
  ],
];

test.each(texts)(
  '%s do not keep others waiting longer than a few good messages of 8 MiB',
  async (_, make) => {
    const { client, quiet } = await attacker();
    const text = make(8 * MIB);
    const good = `{"method":"echo","id":1,"params":["${'x'.repeat(8 * MIB)}"]}`;
    const blocked = async (message: string): Promise<number> => {
      const answer = client.ask(message);
      return await longestBlockMs(async () => {
        await answer;
        await quiet.ask('{"method":"echo","id":2}');
      });
    };
    const ofGood = Math.max(await blocked(good), await blocked(good));
    // A machine that stops for a moment stops once: what is costly is so every time.
    expect(Math.min(await blocked(text), await blocked(text))).toBeLessThan(6 * ofGood);
    expect(await quiet.ask('{"method":"echo","params":["well"],"id":3}')).toContain('well');
  },
);

test('a malformed message counts the same in a batch as alone', async () => {
  const { client: lines, quiet: batch } = await attacker();
  await lines.write('{"id":1}\n'.repeat(60));
  await batch.write(`[${Array(60).fill('{"id":1}')}]\n`);
  for (const client of [lines, batch]) {
    for (let i = 0; i < 60; i++) expect(await client.next()).toContain('Unknown format');
    expect(await client.ask('{"method":"echo","params":["well"],"id":2}')).toContain('well');
    await client.write('{"id":1}\n');
    await client.rest();
    expect(client.isClosed).toBe(true);
  }
});
