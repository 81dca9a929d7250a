import { Handler, type WireEvent } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { overTransports } from './session.ts';

/** Bytes of that length, in which no two neighbours are the same. */
function bytes(length: number, seed = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) + seed) & 255);
}

class Store extends Handler {
  echo(value: unknown): unknown {
    return value;
  }
  kinds(values: readonly unknown[]): readonly string[] {
    return values.map((value) => Object.prototype.toString.call(value));
  }
  async *chunks(sizes: readonly number[]): AsyncGenerator<Uint8Array> {
    const same = new Uint8Array(Math.max(...sizes));
    for (const [i, size] of sizes.entries()) yield same.fill(i + 1).subarray(0, size);
  }
  async length(stream: AsyncIterable<Uint8Array>): Promise<number> {
    let length = 0;
    for await (const chunk of stream) length += chunk.length;
    return length;
  }
  file(size: number): Blob {
    return new Blob([bytes(size)]);
  }
}

overTransports((open) => {
  test('bytes of every kind and size come back as they went', async () => {
    const { client } = await open<Store>({ api: new Store() });
    const { buffer } = bytes(1200);
    const values = {
      sizes: [0, 1, 255, 256, 20_000].map((size, i) => bytes(size, i)),
      kinds: [
        new Float64Array(buffer),
        new BigInt64Array(buffer, 8, 40),
        new DataView(buffer, 3, 700),
        buffer,
      ],
      map: new Map([['a', new Uint16Array(buffer, 2, 200)]]),
      literal: { __jsonclass__: ['Bytes', [0]], inside: bytes(500) },
    };
    expect(await client.call.echo(values)).toEqual(values);
    expect(await client.call.kinds(values.kinds)).toEqual([
      '[object Float64Array]',
      '[object BigInt64Array]',
      '[object DataView]',
      '[object ArrayBuffer]',
    ]);
  });

  test('what the program does to its bytes afterwards does not change what is sent', async () => {
    const { client } = await open<Store>({ api: new Store() });
    const mine = bytes(20_000);
    const answer = client.call.echo(mine);
    mine.fill(0);
    expect(await answer).toEqual(bytes(20_000));
    const sizes = [10, 1000, 70_000, 300];
    const chunks: Uint8Array[] = [];
    for await (const chunk of client.pipe.chunks(sizes)) chunks.push(chunk);
    expect(chunks).toEqual(sizes.map((size, i) => new Uint8Array(size).fill(i + 1)));
  });

  test('streams of bytes, Blobs and Web streams pass both ways', async () => {
    const { client } = await open<Store>({ api: new Store() });
    const size = 1_000_000;
    expect(await client.call.length(new Blob([bytes(size)]) as never)).toBe(size);
    expect(await client.call.length(new Blob([bytes(size)]).stream() as never)).toBe(size);
    const parts: Uint8Array[] = [];
    for await (const part of client.pipe.file(size) as AsyncIterable<Uint8Array>) parts.push(part);
    expect(Buffer.concat(parts).equals(bytes(size))).toBe(true);
  });

  test('are seen by who watches the wire, and counted', async () => {
    const lines: string[] = [];
    const events: WireEvent[] = [];
    const { client } = await open<Store>({
      api: new Store(),
      clientOptions: { trace: (line) => lines.push(line), onWire: (event) => events.push(event) },
    });
    await client.call.echo(bytes(65_536));
    const beside = lines.filter((line) => line.includes('__jsonclass__'));
    const carries = lines.some((line) => line.startsWith('<') && line.includes('"items","bytes"]'));
    expect(beside.map((line) => line.endsWith(' (64 KiB)'))).toEqual([carries, carries]);
    const [sent] = events.filter(({ text }) => text.includes('__jsonclass__'));
    expect(sent?.bytes).toBeGreaterThan(65_536);
    expect(sent?.attachments?.map(({ length }) => length)).toEqual(carries ? [65_536] : undefined);
  });

  test('more than the other side takes in a message fails the call, and nothing else', async () => {
    const { client } = await open<Store>({
      api: new Store(),
      serverOptions: { limits: { maxMessageBytes: 20_000 } },
    });
    await expect(client.call.echo([bytes(12_000), bytes(12_000)])).rejects.toThrow('maxMessageBytes');
    expect(await client.call.echo(bytes(10_000))).toEqual(bytes(10_000));
  });
});
