import { until } from '@bjsonrpc/duplex-suite';
import { connect, createServer, currentCall, Handler } from '@bjsonrpc/peer';
import { nats } from '@bjsonrpc/transport-nats';
import { connect as connectNats } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type NatsServer, startNats } from './nats-server.ts';

// The permissions that docs/scaling.md has to copy.
const config = `
  authorization { users = [
    { user: todo, password: secret-todo, permissions: {
        publish: ["_INBOX.>"], subscribe: ["rpc.todo.>", "$SRV.>"] } }
    { user: alice, password: secret-alice, permissions: {
        publish: ["rpc.todo.dial.alice", "rpc.todo.find.alice", "rpc.todo.at.*.alice", "rpc.todo.to.*.alice.>"],
        subscribe: ["_INBOX.alice.>"] } }
    { user: bob, password: secret-bob, permissions: {
        publish: ["rpc.todo.dial.bob", "rpc.todo.find.bob", "rpc.todo.at.*.bob", "rpc.todo.to.*.bob.>"],
        subscribe: ["_INBOX.bob.>"] } }
  ] }
`;

let server: NatsServer;
beforeAll(async () => {
  server = await startNats({ config });
});
afterAll(() => server.stop());

const subject = 'rpc.todo';
const calls: string[] = [];
class Api extends Handler {
  whoami(): unknown {
    const { principal } = currentCall();
    calls.push(String(principal));
    return principal;
  }
}

function as(user: string, more: object = {}) {
  return nats({ servers: server.url, subject, user, login: { user, pass: `secret-${user}` }, ...more });
}

async function serve(more: object = {}): Promise<{ readonly refused: string[] }> {
  const refused: string[] = [];
  const login = { user: 'todo', pass: 'secret-todo' };
  const listening = await createServer(
    nats({ servers: server.url, subject, users: true, instance: 'one', login, ...more }),
    () => new Api(),
    { onError: (error) => refused.push(String(error)) },
  );
  onTestFinished(() => listening.close({ graceMs: 0 }));
  return { refused };
}

/** NATS by hand. */
async function rawly(user: string) {
  const connection = await connectNats({ servers: server.url, user, pass: `secret-${user}` });
  onTestFinished(() => connection.close());
  const errors: string[] = [];
  void (async () => {
    for await (const status of connection.status())
      if (status.type === 'error') errors.push(status.error.message);
  })();
  return { connection, errors };
}

async function failsSoon(promise: Promise<unknown>, message: RegExp | string): Promise<void> {
  const began = performance.now();
  await expect(promise).rejects.toThrow(message);
  expect(performance.now() - began).toBeLessThan(1000);
}

describe('permissions of subjects', () => {
  test("a call's principal is the user that NATS has let in", async () => {
    await serve();
    const [alice, bob] = await Promise.all([connect<Api>(as('alice')), connect<Api>(as('bob'))]);
    expect(await Promise.all([alice.call.whoami(), bob.call.whoami()])).toEqual(['alice', 'bob']);
    await Promise.all([alice.close(), bob.close()]);
  });

  test('one user cannot take up all connections', async () => {
    const { refused } = await serve({ maxConnectionsPerUser: 2 });
    const peers = await Promise.all([1, 2].map(() => connect<Api>(as('alice'))));
    await expect(connect(as('alice'), { timeout: 300 })).rejects.toThrow();
    expect(refused[0]).toContain('too many connections of this user');
    const bob = await connect<Api>(as('bob'));
    expect(await bob.call.whoami()).toBe('bob');
    await peers[0]?.close();
    await until('room', () => peers[0]?.stats.imported === 0);
    const again = await connect<Api>(as('alice'));
    await Promise.all([...peers, bob, again].map((peer) => peer.close()));
  });

  test("another's name is refused at once, and nothing is delivered", async () => {
    await serve();
    calls.length = 0;
    const login = { user: 'alice', pass: 'secret-alice' };
    const stolen = as('alice', { user: 'bob', inboxPrefix: '_INBOX.alice', login });
    await failsSoon(connect(stolen), 'NATS forbids to publish on rpc.todo.dial.bob');
    expect(calls).toEqual([]);
  });

  test('an inbox that is not allowed is an error of the dial at once', async () => {
    await serve();
    await failsSoon(
      connect(as('alice', { inboxPrefix: '_INBOX.bob' })),
      /NATS forbids to listen on _INBOX\.bob\..*\.>/,
    );
  });

  test('a wrong password is an error of the dial at once', () =>
    failsSoon(
      connect(as('alice', { login: { user: 'alice', pass: 'guessed' } })),
      'Cannot connect to NATS at',
    ));

  test("another's inbox as the reply: the listener tells of it, and the other hears nothing", async () => {
    const { refused } = await serve();
    const [alice, bob] = [await rawly('alice'), await rawly('bob')];
    let heard = 0;
    bob.connection.subscribe('_INBOX.bob.>', { callback: () => void heard++ });
    await bob.connection.flush();
    const began = performance.now();
    alice.connection.publish('rpc.todo.dial.alice', 'Q 1 32768', { reply: '_INBOX.bob.link.token' });
    alice.connection.publish('rpc.todo.find.alice', 'Q', { reply: '_INBOX.bob.link.token' });
    alice.connection.publish('rpc.todo.to.one.alice.ping', 'P', { reply: '_INBOX.bob.link.token' });
    alice.connection.publish('rpc.todo.to.one.alice.unknown', 'S 0 0', { reply: '_INBOX.bob.link.token' });
    await until('the refusal', () => refused.length > 0);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(refused[0]).toContain('its inbox is not below _INBOX.alice.');
    await bob.connection.flush();
    expect(heard).toBe(0);
  });

  test("writing into another's conversation: NATS forbids it, and under one's own name it is another", async () => {
    await serve();
    const bob = await connect<Api>(as('bob'));
    calls.length = 0;
    const todo = await rawly('todo');
    const seen: string[] = [];
    todo.connection.subscribe('rpc.todo.to.one.bob.>', {
      callback: (_, { subject }) => void seen.push(subject),
    });
    await todo.connection.flush();
    expect(await bob.call.whoami()).toBe('bob');
    await until('the subject', () => seen.some((name) => !name.endsWith('.ping')));
    const known = seen.find((name) => !name.endsWith('.ping')) as string;
    const { connection, errors } = await rawly('alice');
    const call = '{"jsonrpc":"2.0","method":"whoami","id":1}\n';
    const began = performance.now();
    const before = seen.length;
    for (let offset = 0; offset < 2000; offset += 50)
      connection.publish(known, `D ${offset} 0 99999\n${call}`);
    connection.publish(known.replace('.bob.', '.alice.'), `D 0 0 99999\n${call}`);
    await connection.flush();
    await until('the error', () => errors.length > 0);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(errors[0]).toContain('Permissions Violation for Publish');
    expect(seen.length).toBe(before);
    expect(await bob.call.whoami()).toBe('bob');
    expect(calls).toEqual(['bob', 'bob']);
    await bob.close();
  });

  test('listening without the right is an error at once', () =>
    failsSoon(
      createServer(as('alice'), () => new Api()),
      'NATS forbids to listen on rpc.todo.',
    ));
});
