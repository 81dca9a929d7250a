import { connect, createServer, type RemoteIterable } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, expectTypeOf, onTestFinished, test } from 'vitest';
import { expectEmpty } from '../../../../test/scenarios/session.ts';

const content = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7 + (i >> 8));

const api = {
  blob: () => new Blob([content], { type: 'image/png' }),
  within: () => ({ name: 'a.bin', file: new File([content], 'a.bin') }),
  stream: () => new Blob([content]).stream(),
  async length(bytes: AsyncIterable<Uint8Array>): Promise<number> {
    let length = 0;
    for await (const chunk of bytes) length += chunk.length;
    return length;
  },
  same: async (bytes: AsyncIterable<Uint8Array>): Promise<boolean> => isContent(await gathered(bytes)),
};

async function gathered(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of stream) chunks.push(new Uint8Array(chunk));
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function isContent(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, content) === 0;
}

async function connected() {
  const network = memory();
  const server = await createServer(network, () => api);
  const peer = await connect<typeof api>(network);
  onTestFinished(async () => {
    await peer.close();
    await server.close();
    expectEmpty(peer);
  });
  return peer;
}

test('a Blob is piped as its bytes', async () => {
  const { pipe } = await connected();
  expect(isContent(await gathered(pipe.blob()))).toBe(true);
  expect(isContent(await gathered(pipe.stream()))).toBe(true);
});

test('a Blob and a File travel in results by reference, as streams', async () => {
  const { call } = await connected();
  const blob = await call.blob();
  expectTypeOf(blob).toEqualTypeOf<RemoteIterable<Uint8Array<ArrayBuffer>>>();
  expect(isContent(await gathered(blob))).toBe(true);
  const { name, file } = await call.within();
  expect(name).toBe('a.bin');
  expect(isContent(await gathered(file))).toBe(true);
});

test('a Blob, a File and a Web stream are passed where a stream of bytes is taken', async () => {
  const { call } = await connected();
  expect(await call.same(new Blob([content]))).toBe(true);
  expect(await call.same(new File([content], 'a.bin'))).toBe(true);
  expect(await call.same(new Blob([content]).stream())).toBe(true);
  expect(await call.length(new Blob([]))).toBe(0);
});

test('the same Blob can be passed again', async () => {
  const { call } = await connected();
  const blob = new Blob([content]);
  expect([await call.length(blob), await call.length(blob)]).toEqual([content.length, content.length]);
});

test('what only looks like a Blob is none', async () => {
  const { call } = await connected();
  class Fake {
    stream(): void {}
  }
  await expect(call.length(new Fake() as never)).rejects.toThrow('a Fake');
});
