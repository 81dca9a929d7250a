import { until } from '@bjsonrpc/duplex-suite';
import { connect, createServer } from '@bjsonrpc/peer';
import { nats } from '@bjsonrpc/transport-nats';
import { connect as connectNats } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type NatsServer, startNats } from './nats-server.ts';
import { newSubject } from './open-nats.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNats();
});
afterAll(() => server.stop());

const api = { add: (a: number, b: number) => a + b, long: () => 'x'.repeat(12_000_000) };

/** A listener, and a client by hand that has dialled it. */
async function byHand() {
  const options = { servers: server.url, subject: newSubject() };
  const errors: string[] = [];
  const listening = await createServer(nats(options), () => api, {
    onError: (error) => errors.push(String(error)),
  });
  const connection = await connectNats({ servers: server.url });
  onTestFinished(async () => {
    await listening.close({ graceMs: 0 });
    await connection.close();
  });
  const at = `_INBOX.link.token${options.subject}`;
  const heard: string[] = [];
  connection.subscribe(at, { callback: (_, message) => void heard.push(message.string()) });
  const dial = async (words: string): Promise<string> => {
    connection.publish(`${options.subject}.dial`, words, { reply: at });
    await until('an answer', () => heard.length > 0);
    return heard[0]?.split(' ')[1] ?? '';
  };
  return { options, listening, connection, at, heard, errors, dial };
}

describe('who does not keep to the protocol', () => {
  const faults: readonly (readonly [string, readonly string[]])[] = [
    ['sends more than it may', [`D 0 0 99999\n${'['.repeat(40_000)}`]],
    ['sends far beyond what it may', ['D 999999999 0 99999\n[]\n']],
    ['confirms what was never sent', ['C 999999 99999']],
    ['gives no numbers', ['C x y']],
    ['gives no limit', ['C 0']],
    ['gives a negative place', ['D -1 0 99999\n[]\n']],
    ['ends before what it sent', ['D 0 0 99999\n[1]\n', 'F 2 0 99999']],
    ['sends after its end', ['F 0 0 99999', 'D 1 0 99999\n[]\n']],
    ['says what there is not', ['\u0000\u0001']],
    ['breaks it off', ['R']],
    ['does not know of it', ['X']],
  ];
  test.each(faults)('%s: its connection ends, and nothing else', async (_, frames) => {
    const { options, listening, connection, dial } = await byHand();
    const to = await dial('Q 1 99999');
    await until('the connection', () => listening.connections.size === 1);
    for (const frame of frames) connection.publish(to, frame);
    await until('its end', () => listening.connections.size === 0);
    const peer = await connect<typeof api>(nats(options));
    expect(await peer.call.add(1, 2)).toBe(3);
    await peer.close();
  });

  test('says what is no frame at all: nothing happens', async () => {
    const { options, listening, connection, dial } = await byHand();
    const to = await dial('Q 1 99999');
    await until('the connection', () => listening.connections.size === 1);
    for (const text of ['', '\n', 'x'.repeat(5000), 'A 0 99999', 'A 0 99999 1 2 3']) {
      connection.publish(to, text);
      connection.publish(`${to}x`, text, { reply: `_INBOX.${'x'.repeat(1000)}` });
      connection.publish(`${options.subject}.find`, text, { reply: '$SYS.REQ.SERVER.PING' });
      connection.publish(`${options.subject}.dial`, text, { reply: 'somewhere.else' });
    }
    await connection.flush();
    const peer = await connect<typeof api>(nats(options));
    expect(await peer.call.add(1, 2)).toBe(3);
    expect(listening.connections.size).toBe(2);
    await peer.close();
  });

  test('confirms nothing, and says that it takes anything: what is kept for it is bounded', async () => {
    const { connection, dial, heard, listening } = await byHand();
    const to = await dial('Q 1 999999999999');
    const calls = [1, 2, 3].map((id) => `{"method":"long","id":${id}}\n`).join('');
    connection.publish(to, `D 0 0 999999999999\n${calls}`);
    const bytes = (): number => heard.reduce((sum, { length }) => sum + length, 0);
    await until('all that it gets', () => bytes() > 16_700_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(bytes()).toBeLessThan(17_000_000);
    expect(listening.connections.size).toBe(1);
  });

  test('dials with another protocol: it is refused, and told so', async () => {
    const { dial, heard, errors } = await byHand();
    await dial('Q 2 99999');
    expect(heard).toEqual(['N']);
    await until('the error', () => errors.length === 1);
    expect(errors[0]).toContain('it speaks another protocol');
  });
});

describe('a dial', () => {
  test('of a server of NATS that is not there says so', async () => {
    const away = nats({ servers: '127.0.0.1:1', subject: 'x' });
    await expect(connect(away)).rejects.toThrow('Cannot connect to NATS at 127.0.0.1:1: connection refused');
    await expect(createServer(away, () => api)).rejects.toThrow('connection refused');
  });

  test('is given up by its signal, and with its time; nothing is left', async () => {
    const subject = newSubject();
    const connection = await connectNats({ servers: server.url });
    onTestFinished(() => connection.close());
    connection.subscribe(`${subject}.dial`, { callback: () => {} }); // which never answers
    await connection.flush();
    const service = nats({ servers: server.url, subject });
    const settled = async (): Promise<unknown> => {
      for (let i = 0; i < 1000 && (await server.clients()).connections > 1; i++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      return server.clients();
    };
    const before = await settled(); // those of other tests take their leave
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('enough')), 50);
    await expect(connect(service, { signal: abort.signal })).rejects.toThrow('enough');
    await expect(service.dial({ timeoutMs: 1000 })).rejects.toThrow(
      `Cannot connect to ${subject}: timed out after 1000 ms, waiting for an answer of an instance`,
    );
    await expect(service.dial({ timeoutMs: 1 })).rejects.toThrow('timed out after 1 ms');
    expect(await settled()).toEqual(before);
  });

  test('over a connection that was closed is an error', async () => {
    const connection = await connectNats({ servers: server.url });
    const service = nats({ connection, subject: newSubject() });
    await connection.close();
    await expect(service.dial({})).rejects.toThrow('The connection to NATS is closed');
  });

  test('can come no more: the listener whose connection of NATS was closed tells of it', async () => {
    const connection = await connectNats({ servers: server.url });
    const errors: string[] = [];
    const listening = await createServer(nats({ connection, subject: newSubject() }), () => api, {
      onError: (error) => errors.push(String(error)),
    });
    await connection.close();
    await until('the error', () => errors.length > 0);
    expect(errors[0]).toContain('nobody can reach this listener any more');
    await listening.close();
  });

  test('whose connection of NATS is closed underneath ends with an error', async () => {
    const { options } = await byHand();
    const connection = await connectNats({ servers: server.url });
    const peer = await connect<typeof api>(nats({ connection, subject: options.subject }));
    await connection.close();
    expect((await peer.closed).error?.message).toContain('the connection to NATS was closed');
  });
});
