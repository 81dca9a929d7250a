import { SessionLostError } from '@bjsonrpc/resumable';
import { expect, test } from 'vitest';
import { acceptingSide, claim, lost, TOKEN, verdict } from './by-hand.ts';

test('a first claim makes a session, and data follows it at once', async () => {
  const { dial, sessions, infos, clock } = await acceptingSide();
  const line = await dial(claim({}), '[1]', '[2]');
  expect(line.messages).toEqual([verdict(1, 0)]);
  expect(sessions.map(({ messages }) => messages)).toEqual([['[1]', '[2]']]);
  expect(infos[0]).toMatchObject({
    transport: 'memory',
    session: { id: 'AbCd-session', state: 'connected' },
  });
  await clock.advance(5000);
  expect(line.messages).toEqual([verdict(1, 0), '["AbCd",1,2]']);
});

test('a later claim resumes it: each side goes on where the other is', async () => {
  const { dial, sessions, infos, network } = await acceptingSide();
  await dial(claim({}), '[1]', '[2]');
  sessions[0]?.send('["a"]', '["b"]', '["c"]');
  network.cut();
  const line = await dial(claim({ attempt: 2, received: 1 }), '[3]');
  expect(line.messages).toEqual([verdict(2, 2), '["b"]', '["c"]']);
  expect(sessions.length).toBe(1);
  expect(sessions[0]?.messages).toEqual(['[1]', '[2]', '[3]']);
  expect(infos[0]?.session?.state).toBe('connected');
});

test('whoever comes with the secret takes over from a connection that still stands; that one is deaf, and closed', async () => {
  const { dial, sessions } = await acceptingSide();
  const old = await dial(claim({}), '[1]');
  const line = await dial(claim({ attempt: 2 }));
  old.send('["from the old one"]');
  line.send('[2]');
  await dial();
  expect(old.closes).toBe(1);
  expect(sessions[0]?.messages).toEqual(['[1]', '[2]']);
});

test('what comes late out of a hole counts no more', async () => {
  const { dial, sessions, network, clock } = await acceptingSide();
  const old = await dial(claim({}), '[1]');
  network.stall('up');
  old.send('[2]', '[3]');
  const line = await dial(claim({ attempt: 2 }));
  expect(line.messages).toEqual([verdict(2, 1)]);
  line.send('[2]');
  network.thaw();
  await clock.advance(10);
  line.send('[3]');
  await clock.advance(10);
  expect(sessions[0]?.messages).toEqual(['[1]', '[2]', '[3]']);
});

test('a claim that is no newer than the last one is turned away, and changes nothing', async () => {
  const { dial, sessions } = await acceptingSide();
  await dial(claim({}));
  const line = await dial(claim({ attempt: 3 }));
  for (const attempt of [1, 2, 3]) {
    const stale = await dial(claim({ attempt }));
    expect([stale.messages, stale.closes, stale.error]).toEqual([[lost('unknown')], 1, undefined]);
  }
  line.send('[1]');
  await dial();
  expect([line.closes, sessions.length, sessions[0]?.messages]).toEqual([0, 1, ['[1]']]);
});

test('only a first claim makes a session', async () => {
  const { dial, sessions, refused } = await acceptingSide();
  for (const given of [{ attempt: 2 }, { attempt: 7, received: 3 }, { received: 1 }]) {
    const line = await dial(claim(given), '["replayed"]');
    expect([line.messages, line.closes]).toEqual([[lost('unknown')], 1]);
  }
  expect(sessions).toEqual([]);
  expect(refused).toEqual(Array(3).fill('A session was not resumed: unknown'));
});

test('nor does a first claim replay a session that was lost', async () => {
  const { dial, sessions, network, clock } = await acceptingSide();
  await dial(claim({}), '[1]');
  network.cut();
  await clock.advance(121_000);
  const again = await dial(claim({}), '[1]');
  expect([again.messages, sessions.length]).toEqual([[lost('expired', 1)], 1]);
});

test('a wrong secret, another principal and a session that never was look the same', async () => {
  let principal: unknown = { name: 'Ada' };
  const { dial, network, sessions } = await acceptingSide({}, () => principal);
  await dial(claim({}), '[1]');
  network.cut();
  const forged = [
    await dial(claim({ attempt: 2, token: 'another-token-of-24-char' })),
    await dial(claim({ attempt: 2, token: `${TOKEN}-and-more` })),
    await dial(claim({ attempt: 2, id: 'AbCd-nothing' })),
  ];
  principal = { name: 'Eve' };
  forged.push(await dial(claim({ attempt: 2 })));
  for (const { messages, closes, error } of forged)
    expect([messages, closes, error]).toEqual([[lost('unknown')], 1, undefined]);
  principal = { name: 'Ada' };
  const line = await dial(claim({ attempt: 3 }));
  expect(line.messages).toEqual([verdict(3, 1)]);
  expect(sessions[0]?.closes).toBe(0);
});

test('a principal that is no JSON, and a comparison that throws, let nobody in and disturb nobody', async () => {
  const principal: { itself?: unknown } = {};
  principal.itself = principal;
  const side = await acceptingSide({}, () => principal);
  await side.dial(claim({}));
  side.network.cut();
  expect((await side.dial(claim({ attempt: 2 }))).messages).toEqual([verdict(2, 0)]); // the very same object
  const strict = await acceptingSide({
    samePrincipal: () => {
      throw new Error('not comparable');
    },
  });
  await strict.dial(claim({}));
  expect((await strict.dial(claim({ attempt: 2 }))).messages).toEqual([lost('unknown')]);
});

test('of a lost session its owner learns what had arrived; nobody else does', async () => {
  const { dial, network, clock, sessions } = await acceptingSide();
  await dial(claim({}), '[1]', '[2]', '[3]');
  network.cut();
  await clock.advance(120_000);
  expect(sessions[0]?.error).toMatchObject({ reason: 'expired', undelivered: 0 });
  expect((await dial(claim({ attempt: 2 }))).messages).toEqual([lost('expired', 3)]);
  const forged = await dial(claim({ attempt: 2, token: 'another-token-of-24-char' }));
  expect(forged.messages).toEqual([lost('unknown')]);
});

test('counts out of range lose the session: by a claim', async () => {
  const { dial, network, sessions } = await acceptingSide();
  await dial(claim({}), '[1]');
  sessions[0]?.send('["a"]', '["b"]');
  network.cut();
  const line = await dial(claim({ attempt: 2, received: 3 }));
  expect(line.messages).toEqual([lost('mismatch', 1)]);
  expect(sessions[0]?.error).toBeInstanceOf(SessionLostError);
  expect(sessions[0]?.error).toMatchObject({ reason: 'mismatch' });
});

test('or by a claim that takes back an ack', async () => {
  const { dial, network, sessions } = await acceptingSide();
  const line = await dial(claim({}));
  sessions[0]?.send('["a"]', '["b"]');
  line.send('["AbCd",1,2]');
  await dial();
  network.cut();
  expect((await dial(claim({ attempt: 2, received: 1 }))).messages).toEqual([lost('mismatch', 0)]);
  expect(sessions[0]?.error).toMatchObject({ reason: 'mismatch' });
});

test.each(['["AbCd",1,3]', '["AbCd",1,9007199254740993]'])('or by an ack: %s', async (ack) => {
  const { dial, sessions, clock } = await acceptingSide();
  const line = await dial(claim({}));
  sessions[0]?.send('["a"]', '["b"]');
  line.send(ack);
  await clock.advance(0);
  expect(sessions[0]?.error).toMatchObject({ reason: 'mismatch' });
});

test('nor does an ack take back another one', async () => {
  const { dial, sessions, clock } = await acceptingSide();
  const line = await dial(claim({}));
  sessions[0]?.send('["a"]', '["b"]');
  line.send('["AbCd",1,2]', '["AbCd",1,1]');
  await clock.advance(0);
  expect(sessions[0]?.error).toMatchObject({ reason: 'mismatch' });
});

test('control messages of a later version are ignored, and count for nothing', async () => {
  const { dial, sessions, clock, network } = await acceptingSide();
  const line = await dial(claim({}));
  line.send('["AbCd",9,"x"]', '["AbCd",1]', '["AbCd",1,-1]', '["AbCd",true]', '[1]');
  await clock.advance(0);
  expect(sessions[0]?.messages).toEqual(['[1]']);
  network.cut();
  expect((await dial(claim({ attempt: 2 }))).messages).toEqual([verdict(2, 1)]);
});

test("a program's own message that looks like one arrives, with a blank", async () => {
  const { dial, sessions, clock } = await acceptingSide();
  const line = await dial(claim({}));
  sessions[0]?.send('["AbCd",3]');
  line.send('[ "AbCd",3]');
  await clock.advance(0);
  expect(line.messages.at(-1)).toBe('[ "AbCd",3]');
  expect(sessions[0]?.messages).toEqual(['[ "AbCd",3]']);
  expect(sessions[0]?.closes).toBe(0);
});

test('END is the last message: all before it has arrived, and it is confirmed at once', async () => {
  const { dial, sessions, clock } = await acceptingSide();
  const line = await dial(claim({}), '[1]', '["AbCd",3]');
  await clock.advance(0);
  expect(line.messages).toEqual([verdict(1, 0), '["AbCd",1,2]']);
  expect([sessions[0]?.messages, sessions[0]?.closes, sessions[0]?.error]).toEqual([['[1]'], 1, undefined]);
  expect([line.closes, line.error]).toEqual([1, undefined]);
  expect((await dial(claim({ attempt: 2 }))).messages).toEqual([lost('ended', 2)]);
});

test('a clean close goes on over a resume, and is over when END is confirmed', async () => {
  const { dial, sessions, network, clock } = await acceptingSide();
  await dial(claim({}));
  sessions[0]?.send('["a"]');
  sessions[0]?.duplex.close();
  await clock.advance(0);
  network.cut();
  const line = await dial(claim({ attempt: 2, received: 1 }));
  expect(line.messages).toEqual([verdict(2, 0), '["AbCd",3]']);
  expect(sessions[0]?.closes).toBe(0);
  line.send('["AbCd",1,2]');
  await clock.advance(0);
  expect([sessions[0]?.closes, sessions[0]?.error, line.closes]).toEqual([1, undefined, 1]);
});

test('a clean close that nobody confirms is none after five seconds', async () => {
  const { dial, sessions, clock } = await acceptingSide();
  await dial(claim({}));
  sessions[0]?.send('["a"]');
  sessions[0]?.duplex.close();
  await clock.advance(10_000);
  expect(sessions[0]?.error).toMatchObject({ reason: 'closed', undelivered: 0 });
});

test('an end by the network, or by a half, is none of the session', async () => {
  const { dial, sessions, network, infos } = await acceptingSide();
  const line = await dial(claim({}));
  line.duplex.close();
  await dial();
  expect([infos[0]?.session?.state, sessions[0]?.closes]).toEqual(['away', 0]);
  await dial(claim({ attempt: 2 }));
  expect(infos[0]?.session?.state).toBe('connected');
  network.end();
  await dial();
  expect([infos[0]?.session?.state, sessions[0]?.closes]).toEqual(['away', 0]);
});

test('a silent side is asked, and given up', async () => {
  const { dial, clock, infos } = await acceptingSide();
  const line = await dial(claim({}));
  await clock.advance(14_000);
  expect(line.messages).toEqual([verdict(1, 0)]);
  await clock.advance(1000);
  expect(line.messages).toEqual([verdict(1, 0), '["AbCd",2]']);
  line.send('["AbCd",1,0]');
  await clock.advance(29_000);
  expect([line.closes, infos[0]?.session?.state]).toEqual([0, 'connected']);
  await clock.advance(6000);
  expect([line.closes, infos[0]?.session?.state]).toEqual([1, 'away']);
});

test('a side that holds shows that it lives', async () => {
  const { dial, sessions, clock } = await acceptingSide();
  const line = await dial(claim({}));
  sessions[0]?.duplex.hold(true);
  line.send(...Array.from({ length: 30 }, () => `["${'x'.repeat(10_000)}"]`));
  await clock.advance(60_000);
  expect(line.closes).toBe(0);
  expect(line.messages.filter((text) => text.startsWith('["AbCd",1,')).length).toBeGreaterThan(5);
});

test('acks come with the traffic, and at once for much', async () => {
  const { dial, sessions, clock } = await acceptingSide();
  const line = await dial(claim({}));
  line.send(...Array.from({ length: 255 }, () => '[1]'));
  await clock.advance(0);
  sessions[0]?.send('["a"]');
  await clock.advance(0);
  expect(line.messages.slice(1)).toEqual(['["a"]']);
  line.send('[1]');
  await clock.advance(0);
  sessions[0]?.send('["b"]');
  await clock.advance(0);
  expect(line.messages.slice(2)).toEqual(['["AbCd",1,256]', '["b"]']);
  line.send(...Array.from({ length: 512 }, () => '[1]'));
  await clock.advance(0);
  expect(line.messages.slice(4)).toEqual(['["AbCd",1,768]']);
  line.send(`["${'x'.repeat(128 * 1024)}"]`);
  await clock.advance(0);
  expect(line.messages.slice(5)).toEqual(['["AbCd",1,769]']);
});

test('a probe is answered at once', async () => {
  const { dial } = await acceptingSide();
  const line = await dial(claim({}), '[1]', '["AbCd",2]');
  expect(line.messages).toEqual([verdict(1, 0), '["AbCd",1,1]']);
});

test('an abort is heard, and remembered', async () => {
  const { dial, sessions } = await acceptingSide();
  await dial(claim({}), '[1]', '["AbCd",4]', '["never"]');
  expect([sessions[0]?.messages, sessions[0]?.closes]).toEqual([['[1]'], 1]);
  expect(sessions[0]?.error).toMatchObject({ reason: 'aborted', undelivered: 0 });
  expect((await dial(claim({ attempt: 2 }))).messages).toEqual([lost('aborted', 1)]);
});

test('closing the listener ends what is away, and then what goes away', async () => {
  const { dial, sessions, network, close, clock } = await acceptingSide();
  const gone = await dial(claim({}));
  await dial(claim({ id: 'EfGh-session' }));
  gone.duplex.close();
  await clock.advance(0);
  await close();
  await clock.advance(0);
  expect(sessions[0]?.error).toMatchObject({ reason: 'closed' });
  expect(sessions[1]?.closes).toBe(0);
  network.cut();
  await clock.advance(0);
  expect(sessions[1]?.error).toMatchObject({ reason: 'closed' });
  expect(clock.pending).toBe(0);
});

test.each([
  claim({ version: 2 }),
  claim({ id: 'short' }),
  claim({ id: 'no"quotes' }),
  claim({ token: 'guessable' }),
  claim({ attempt: 0 }),
  claim({ received: -1 }),
  claim({ received: 0.5 }),
  '{"method":"$/session","id":"$/session"}',
  '{"params":[1],"method":"$/session","id":"$/session"}',
])('a claim that is none is declined, and both go on without: %s', async (text) => {
  const { dial, sessions, network, clock } = await acceptingSide();
  const line = await dial(text, '[1]');
  expect(line.messages).toEqual([
    '{"id":"$/session","result":null,"error":"A claim of a session that is not understood"}',
  ]);
  sessions[0]?.send('["AbCd",3]');
  await clock.advance(0);
  expect(line.messages.at(-1)).toBe('["AbCd",3]');
  network.cut();
  await clock.advance(0);
  expect([sessions[0]?.messages, sessions[0]?.closes]).toEqual([['[1]'], 1]);
});

test('who claims nothing is served as ever', async () => {
  const { dial, sessions, infos, clock } = await acceptingSide();
  const line = await dial('{"method":"add","params":[1,2],"id":1}', claim({}), '["x"]');
  sessions[0]?.send('{"id":1,"result":3,"error":null}');
  await clock.advance(30_000);
  expect(sessions[0]?.messages).toEqual(['{"method":"add","params":[1,2],"id":1}', claim({}), '["x"]']);
  expect(line.messages).toEqual(['{"id":1,"result":3,"error":null}']);
  expect(infos[0]).toEqual({ transport: 'memory', principal: undefined });
});

test('so is who says nothing at all, after five seconds', async () => {
  const { dial, sessions, clock } = await acceptingSide();
  const line = await dial();
  await clock.advance(4999);
  expect(sessions.length).toBe(0);
  await clock.advance(1);
  sessions[0]?.send('["hello"]');
  await clock.advance(0);
  expect(line.messages).toEqual(['["hello"]']);
});
