import { until } from '@bjsonrpc/duplex-suite';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { nats, natsBroadcast } from '@bjsonrpc/transport-nats';
import { connect as connectNats } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type NatsServer, startNats } from './nats-server.ts';
import { newSubject } from './open-nats.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNats();
});
afterAll(() => server.stop());

class Api extends Handler {
  readonly #name: string;
  constructor(name: string) {
    super();
    this.#name = name;
  }
  whoami(): string {
    return this.#name;
  }
}

async function serve(subject: string, instance: string, more: object = {}) {
  const listening = await createServer(
    nats({ servers: server.url, subject, instance, ...more }),
    () => new Api(instance),
    { onError: () => {} },
  );
  onTestFinished(() => listening.close({ graceMs: 0 }));
  return listening;
}

async function whoIs(options: { subject: string; instance?: string }): Promise<string> {
  const peer = await connect<Api>(nats({ servers: server.url, ...options }));
  try {
    return await peer.call.whoami();
  } finally {
    await peer.close();
  }
}

describe('a service of several instances', () => {
  test('is spread over all of them', async () => {
    const subject = newSubject();
    await Promise.all(['a', 'b', 'c'].map((name) => serve(subject, name)));
    const names = await Promise.all(Array.from({ length: 40 }, () => whoIs({ subject })));
    expect([...new Set(names)].sort()).toEqual(['a', 'b', 'c']);
  });

  test('one instance can be named', async () => {
    const subject = newSubject();
    await Promise.all(['a', 'b', 'c'].map((name) => serve(subject, name)));
    for (const instance of ['c', 'a']) expect(await whoIs({ subject, instance })).toBe(instance);
    await expect(whoIs({ subject, instance: 'd' })).rejects.toThrow(
      `Cannot connect to ${subject} (instance d)`,
    );
  });

  test('nobody listens: that is said at once', async () => {
    const began = performance.now();
    const subject = newSubject();
    await expect(whoIs({ subject })).rejects.toThrow(`Cannot connect to ${subject}: nobody listens there`);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('one that is full leaves dials to the others, and takes them again when it has room', async () => {
    const subject = newSubject();
    await serve(subject, 'small', { maxConnections: 1 });
    const first = await connect<Api>(nats({ servers: server.url, subject }));
    await serve(subject, 'large');
    for (let i = 0; i < 10; i++) expect(await whoIs({ subject })).toBe('large');
    await expect(whoIs({ subject, instance: 'small' })).rejects.toThrow('takes no more connections');
    await first.close();
    const names = new Set<string>();
    for (let i = 0; i < 100 && names.size < 2; i++) names.add(await whoIs({ subject }));
    expect(names.size).toBe(2);
  });

  test('objects are services of their own, many on one connection of NATS', async () => {
    const connection = await connectNats({ servers: server.url });
    const subject = newSubject();
    const rooms = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        createServer(
          nats({ connection, subject: `${subject}.${i}`, discovery: false }),
          () => new Api(`room ${i}`),
        ),
      ),
    );
    expect(await whoIs({ subject: `${subject}.42` })).toBe('room 42');
    await expect(whoIs({ subject: `${subject}.200` })).rejects.toThrow('nobody listens');
    await Promise.all(rooms.map((room) => room.close()));
    expect(connection.isClosed()).toBe(false);
    await connection.close();
  });

  test('is found by $SRV', async () => {
    const subject = newSubject();
    await serve(subject, 'a', { version: '1.2.3' });
    const connection = await connectNats({ servers: server.url });
    onTestFinished(() => connection.close());
    const name = subject.replace('.', '-');
    const about = { name, id: 'a', version: '1.2.3' };
    for (const [verb, type] of [
      ['PING', 'ping'],
      ['INFO', 'info'],
      ['STATS', 'stats'],
    ]) {
      for (const more of ['', `.${name}`, `.${name}.a`]) {
        const answer = await connection.request(`$SRV.${verb}${more}`, '', { timeout: 1000 });
        expect(answer.json()).toMatchObject({ ...about, type: `io.nats.micro.v1.${type}_response` });
      }
    }
  });
});

test('a broadcast comes to all instances, and to each once', async () => {
  const subject = newSubject();
  const options = { servers: server.url, subject };
  const heard: string[] = [];
  class Listening extends Handler {
    readonly #name: string;
    constructor(name: string) {
      super();
      this.#name = name;
    }
    news(text: string): void {
      heard.push(`${this.#name}: ${text}`);
    }
  }
  const names = ['a', 'b', 'c'];
  const listening = await Promise.all(
    names.map((name) =>
      createServer(natsBroadcast(options), () => new Listening(name), { extensions: false }),
    ),
  );
  const peer = await connect<Listening>(natsBroadcast(options), { extensions: false });
  peer.notify.news('hello');
  await until('all three', () => heard.length === 3);
  expect(heard.sort()).toEqual(names.map((name) => `${name}: hello`));
  peer.notify.news('x'.repeat(2_000_000));
  expect((await peer.closed).error?.message).toContain('longer than 1048576 bytes');
  await Promise.all(listening.map((one) => one.close()));
  expect(heard.length).toBe(3);
});

test('an option that there is not, or of the wrong kind, is told of', () => {
  // @ts-expect-error: it is needed
  expect(() => nats({})).toThrow('needs a subject');
  expect(() => nats({ subject: 'rpc.*' })).toThrow('subject must be');
  expect(() => nats({ subject: 'a', user: 'a.b' })).toThrow('user must be one word');
  // @ts-expect-error: it is spelled otherwise
  expect(() => nats({ subject: 'a', server: 'x' })).toThrow("there is no option 'server'");
});
