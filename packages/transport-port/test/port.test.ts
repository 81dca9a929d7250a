import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import { ConnectionClosedError, connect, createServer } from '@bjsonrpc/peer';
import type { Duplex } from '@bjsonrpc/protocol';
import { port } from '@bjsonrpc/transport-port';
import { describe, expect, onTestFinished, test } from 'vitest';

const otherSide = fileURLToPath(new URL('fixtures/other-side.mjs', import.meta.url));

interface OtherSide {
  length(bytes: Uint8Array): number;
  filled(length: number): Uint8Array;
  twice(work: (n: number) => number): readonly number[];
  hang(): void;
  end(): void;
}

function channel(): readonly [MessagePort, MessagePort] {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  return [port1, port2];
}

const makers = {
  'a worker': () => {
    const worker = new Worker(otherSide, { execArgv: [] });
    onTestFinished(async () => void (await worker.terminate()));
    return { target: worker, texts: [] };
  },
  'a process': () => {
    const child = fork(otherSide, { execArgv: [] });
    onTestFinished(() => void child.kill());
    return { target: child, texts: ['"Bytes",["'] };
  },
  'a process with IPC that copies': () => {
    const child = fork(otherSide, { execArgv: [], serialization: 'advanced' });
    onTestFinished(() => void child.kill());
    return { target: child, texts: [] };
  },
} as const;

describe.each(Object.entries(makers))('%s', (_, make) => {
  test('calls and is called, with bytes beside messages where its port carries them', async () => {
    const { target, texts } = make();
    const seen: string[] = [];
    const peer = await connect<OtherSide>(port(target), { onWire: ({ text }) => void seen.push(text) });
    await peer.ping();
    const mine = new Uint8Array(70_000).fill(3);
    expect(await peer.call.length(mine)).toBe(70_000);
    expect(mine.length).toBe(70_000);
    const theirs = await peer.call.filled(70_000);
    expect([theirs.length, theirs.every((byte) => byte === 7)]).toEqual([70_000, true]);
    expect(await peer.call.twice((n) => 10 * n)).toEqual([10, 20]);
    // As base64 or not.
    expect(seen.filter((text) => text.includes('"Bytes",["')).length).toBe(2 * texts.length);
    await peer.close();
    // The port stays open, and can be dialled again.
    const again = await connect<OtherSide>(port(target));
    expect(await again.call.length(new Uint8Array(5))).toBe(5);
    const hanging = again.call.hang();
    again.notify.end();
    await expect(hanging).rejects.toThrow(ConnectionClosedError);
    await again.closed;
  });
});

describe('opening', () => {
  test('waits for who comes later, whoever that is, and both may dial', async () => {
    for (const first of [0, 1] as const) {
      const ports = channel();
      const early = connect(port(ports[first]));
      await new Promise((resolve) => setTimeout(resolve, 20));
      const late = await connect<{ twice(n: number): number }>(port(ports[1 - first] as MessagePort));
      await (await early).close();
      await late.closed;
    }
  });

  test('gives up in time, with an error that says what is missing', async () => {
    const [one] = channel();
    const dial = connect(port(one, { handshakeTimeoutMs: 30 }));
    await expect(dial).rejects.toThrow('Cannot connect to the port: nobody has answered within 30 ms');
    expect(one.listenerCount('message')).toBe(0);
  });

  test('is given up by a signal, and by the end of the port', async () => {
    const [one, other] = channel();
    await expect(port(one).dial({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
    const late = new AbortController();
    const dial = port(one).dial({ signal: late.signal });
    late.abort(new Error('too long'));
    await expect(dial).rejects.toThrow('too long');
    const last = port(one).dial({});
    other.close();
    await expect(last).rejects.toThrow('the port was closed');
    const worker = new Worker('throw new Error("no such thing")', { eval: true });
    await expect(port(worker).dial({})).rejects.toThrow('Cannot connect: ');
  });

  test('one that begins anew takes the place of the connection before', async () => {
    const [one, other] = channel();
    const server = await createServer(port(one), () => ({ add: (a: number, b: number) => a + b }));
    const left = await port(other).dial({});
    left.start({ onMessage() {}, onClose() {} });
    const peer = await connect<{ add(a: number, b: number): number }>(port(other));
    expect(await peer.call.add(1, 2)).toBe(3);
    await until('one connection', () => server.connections.size === 1);
    await server.close();
    await peer.closed;
  });

  test('what is no port, and options that there are not, are said in words', () => {
    expect(() => port(undefined as never)).toThrow('port() takes a MessagePort');
    expect(() => port({ send: undefined, on() {} } as never)).toThrow('a process that has IPC (of fork)');
    const [one] = channel();
    expect(() => port(one, { origin: 'https://example.org' })).toThrow('only windows have an origin');
    expect(() => port(one, { orign: 1 } as never)).toThrow("there is no option 'orign'; there are origin, ");
    expect(() => port(one, { writeStallMs: -1 })).toThrow('writeStallMs must be a number, 0 or more');
  });
});

/** A dialled end, and the bare port of the other one, who has said hello as `them`. */
async function openBare(options: Parameters<typeof port>[1] = {}): Promise<{
  readonly probe: Probe;
  readonly bare: MessagePort;
  readonly us: string;
  /** What came at the bare port. */
  readonly heard: { readonly bjsonrpc: string; readonly items?: unknown; readonly isClean?: boolean }[];
}> {
  const [one, bare] = channel();
  const heard: { bjsonrpc: string; from?: string }[] = [];
  bare.on('message', (frame) => void heard.push(frame));
  const dial = port(one, options).dial({});
  bare.postMessage({ bjsonrpc: 'hello', from: 'them', probe: new Uint8Array(1) });
  const probe = new Probe(await dial).start();
  await until('both hellos', () => heard.length === 2);
  return { probe, bare, us: heard[1]?.from ?? '', heard };
}

describe('what strangers post', () => {
  test('is not looked at where it is not of this protocol, nor for this end', async () => {
    const { probe, bare, us } = await openBare();
    for (const foreign of ['[1]', null, 7, {}, { bjsonrpc: 1 }, [us], { to: us, items: ['[1]'] }])
      bare.postMessage(foreign);
    bare.postMessage({ bjsonrpc: 'messages', to: 'somebody', items: ['[1]'] });
    bare.postMessage({ bjsonrpc: 'bye', to: 'somebody', isClean: true });
    bare.postMessage({ bjsonrpc: 'hello', from: 7 });
    bare.postMessage({ bjsonrpc: 'hello', from: 'x'.repeat(1000) });
    bare.postMessage({ bjsonrpc: 'hello', from: 'others', to: 'somebody' });
    bare.postMessage({ bjsonrpc: 'messages', to: us, items: ['[2]'] });
    await until('the message', () => probe.messages.length > 0);
    expect([probe.messages, probe.closes]).toEqual([['[2]'], []]);
  });

  test.each<[string, object, string]>([
    ['of a kind that there is not', { bjsonrpc: 'more' }, 'of a kind that there is not'],
    ['without items', { bjsonrpc: 'messages' }, 'cannot be read'],
    ['with an item that is no text', { bjsonrpc: 'messages', items: ['[1]', 5] }, 'cannot be read'],
    ['with bytes that are none', { bjsonrpc: 'messages', items: [['[1]', 'bytes']] }, 'cannot be read'],
    [
      'with too many bytes',
      { bjsonrpc: 'messages', items: [['[1]', ...Array(1025).fill(new Uint8Array(1))]] },
      'cannot be read',
    ],
    ['that has taken what was not sent', { bjsonrpc: 'taken', taken: 1 }, 'cannot be read'],
    ['that has taken less than nothing', { bjsonrpc: 'taken', taken: -1 }, 'cannot be read'],
    ['that has taken no number', { bjsonrpc: 'taken', taken: Number.NaN }, 'cannot be read'],
  ])('a frame %s breaks the connection, as a fault', async (_, frame, why) => {
    const { probe, bare, us, heard } = await openBare();
    bare.postMessage({ ...frame, to: us });
    await until('the close', () => probe.isClosed);
    expect(probe.closes[0]?.error?.message).toContain(why);
    expect(probe.closes[0]?.error).toMatchObject({ isFault: true });
    await until('the goodbye', () => heard.at(-1)?.bjsonrpc === 'bye');
    expect(heard.at(-1)?.isClean).toBe(false);
  });

  test('more than was asked for breaks the connection', async () => {
    const { probe, bare, us } = await openBare({ maxMessageBytes: 1024 * 1024 });
    probe.hold(true);
    const items = [`["${'x'.repeat(1_000_000)}"]`];
    for (let i = 0; i < 40; i++) bare.postMessage({ bjsonrpc: 'messages', to: us, items });
    await until('the close', () => probe.isClosed);
    expect(probe.closes[0]?.error?.message).toContain('sends what it was not asked for');
  });

  test('bytes whose memory is shared are copied', async () => {
    const { probe, bare, us } = await openBare();
    const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(1);
    bare.postMessage({ bjsonrpc: 'messages', to: us, items: [['[1]', shared]] });
    await until('the message', () => probe.messages.length === 1);
    shared.fill(2);
    const [bytes] = probe.attachments[0] ?? [];
    expect([bytes?.[0], bytes?.buffer instanceof ArrayBuffer]).toEqual([1, true]);
  });

  test('who takes nothing is cut off; so is who does not say goodbye, but as a clean close', async () => {
    const { probe } = await openBare({ writeStallMs: 80, closeTimeoutMs: 20 });
    probe.send('[1]');
    await until('the close', () => probe.isClosed);
    expect(probe.closes[0]?.error?.message).toBe('The other side does not read: it took nothing for 80 ms');
    const other = await openBare({ closeTimeoutMs: 20 });
    other.probe.close();
    await until('the close', () => other.probe.isClosed);
    expect(other.probe.closes).toEqual([{ error: undefined }]);
  });
});

describe('transfer', () => {
  async function openPair(transfer: boolean): Promise<readonly [Probe, Probe]> {
    const [one, other] = channel();
    const accepted = new Promise<Duplex>((resolve) => void port(other).listen(resolve));
    const dialled = await port(one, { transfer }).dial({});
    return [new Probe(dialled).start(), new Probe(await accepted).start()];
  }

  test('takes the memory of bytes along, where it is theirs alone; without it all stay', async () => {
    for (const transfer of [true, false]) {
      const [a, b] = await openPair(transfer);
      const own = new Uint8Array(70_000).fill(1);
      const part = new Uint8Array(100_000).fill(2).subarray(10_000, 80_000);
      a.send('[1]', [own, part]);
      await until('the message', () => b.messages.length === 1);
      expect([own.length, part.length]).toEqual([transfer ? 0 : 70_000, 70_000]);
      expect(b.attachments[0]?.map((bytes) => [bytes.length, bytes.buffer.byteLength, bytes[9]])).toEqual([
        [70_000, 70_000, 1],
        [70_000, 70_000, 2],
      ]);
      a.close();
    }
  });

  test('bytes that have gone are not sent as none: the connection breaks and says why', async () => {
    const [a, b] = await openPair(true);
    const own = new Uint8Array(300);
    a.send('[1]', [own]);
    await until('the message', () => b.messages.length === 1);
    a.send('[2]', [own]);
    await until('both closes', () => a.isClosed && b.isClosed);
    expect(a.closes[0]?.error?.message).toContain('Cannot send through the port: ');
    expect(b.messages).toEqual(['[1]']);
  });
});
