import { resumable } from '@bjsonrpc/resumable';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';
import { claimed, diallingSide, lost, verdict } from './by-hand.ts';

const declined = '{"id":"$/session","result":null,"error":"Unknown method \'$/session\'"}';

test('a claim comes first, and data follows without waiting', async () => {
  const { session, line, clock, changes } = await diallingSide();
  session.send('[1]', '[2]');
  await clock.advance(0);
  const [first, ...rest] = line.messages;
  expect(first).toMatch(
    /^\{"params":\[\{"version":1,"id":"[\w-]{12}","token":"[\w-]{24}","attempt":1,"received":0\}\],"method":"\$\/session","id":"\$\/session"\}$/,
  );
  expect(rest).toEqual(['[1]', '[2]']);
  line.send(verdict(1, 0), '["a"]');
  await clock.advance(0);
  expect(session.messages).toEqual(['["a"]']);
  expect(changes.map(({ state }) => state)).toEqual(['opening', 'connected']);
});

test('no two sessions have a name or a secret in common', async () => {
  const { id, token } = claimed((await diallingSide()).line.messages[0]);
  const other = claimed((await diallingSide()).line.messages[0]);
  expect(other.id).not.toBe(id);
  expect(other.token).not.toBe(token);
});

test('after a cut it comes back, and says nothing before the verdict', async () => {
  const { session, lines, network, clock } = await diallingSide();
  session.send('[1]', '[2]');
  lines[0]?.send(verdict(1, 0), '["a"]');
  await clock.advance(0);
  network.cut();
  await clock.advance(50);
  session.send('[3]');
  await clock.advance(0);
  expect(lines.length).toBe(2);
  expect(lines[1]?.messages.length).toBe(1);
  expect(claimed(lines[1]?.messages[0])).toMatchObject({ attempt: 2, received: 1 });
  lines[1]?.send(verdict(2, 1), '["b"]');
  await clock.advance(0);
  expect(lines[1]?.messages.slice(1)).toEqual(['[2]', '[3]']);
  expect(session.messages).toEqual(['["a"]', '["b"]']);
});

test('a connection that was given up is deaf, and closed before the next claim', async () => {
  const { session, lines, network, clock, kick } = await diallingSide({ silenceMs: 10_000 });
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  network.stall('down');
  lines[0]?.send('["late"]');
  await clock.advance(21_000);
  expect(lines.length).toBe(2);
  expect(lines[0]?.closes).toBe(1);
  expect(claimed(lines[1]?.messages[0]).received).toBe(0);
  network.thaw();
  lines[1]?.send(verdict(2, 0), '["late"]');
  await clock.advance(0);
  expect(session.messages).toEqual(['["late"]']);
  kick();
});

test('a peer that knows no claims: its error is swallowed, and all is as without', async () => {
  const { session, line, clock, changes, network } = await diallingSide();
  session.send('[1]');
  line.send(declined, '["a"]', declined);
  await clock.advance(0);
  session.send('[2]');
  await clock.advance(60_000);
  // The second answer is nobody's: that is for the program to see.
  expect(session.messages).toEqual(['["a"]', declined]);
  expect(line.messages.slice(1)).toEqual(['[1]', '[2]']);
  expect(changes.map(({ state }) => state)).toEqual(['opening', 'plain']);
  network.cut();
  await clock.advance(0);
  expect([session.closes, session.error?.message]).toEqual([1, 'The connection was cut']);
  expect(clock.pending).toBe(0);
});

test('one that speaks first, and answers later', async () => {
  const { session, line, clock } = await diallingSide();
  line.send('{"method":"$/hello","params":[]}', '["a"]', declined, '["b"]');
  await clock.advance(0);
  expect(session.messages).toEqual(['{"method":"$/hello","params":[]}', '["a"]', '["b"]']);
});

test.each(['null', '{}', '[]', '5', '{"attempt":1}', '{"lost":"nonsense"}'])(
  'an answer that makes no sense is a decline: %s',
  async (result) => {
    const { session, line, clock, changes } = await diallingSide();
    line.send(`{"id":"$/session","result":${result},"error":null}`, '["a"]');
    await clock.advance(0);
    expect(session.messages).toEqual(['["a"]']);
    expect(changes.at(-1)?.state).toBe('plain');
  },
);

test('an answer does not come within half a minute: another connection', async () => {
  const { lines, clock, changes } = await diallingSide();
  await clock.advance(30_100);
  expect(lines.length).toBe(2);
  expect(lines[0]?.closes).toBe(1);
  expect(changes.at(-1)).toMatchObject({ state: 'away', attempt: 2, retryMs: 50 });
});

test.each([
  ['something else first', '["a"]'],
  ['the verdict of another attempt', verdict(1, 0)],
])('on a later connection: %s is a failed attempt', async (_, text) => {
  const { lines, network, clock, session } = await diallingSide();
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  network.cut();
  await clock.advance(50);
  lines[1]?.send(text);
  await clock.advance(1000);
  expect(lines.length).toBe(3);
  expect([lines[1]?.closes, session.closes, session.messages]).toEqual([1, 0, []]);
});

test('nor is an answer waited for longer than ten seconds there', async () => {
  const { lines, network, clock } = await diallingSide();
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  network.cut();
  await clock.advance(50);
  expect(lines.length).toBe(2);
  await clock.advance(9900);
  expect(lines.length).toBe(2);
  await clock.advance(1000);
  expect(lines.length).toBe(3);
});

test.each([
  ['a refusal', lost('expired', 2), { reason: 'expired', undelivered: 1 }],
  ['a refusal that does not say what had arrived', lost('unknown'), { reason: 'unknown', undelivered: 0 }],
  ['an error', declined, { reason: 'unknown', undelivered: 0 }],
  ['a count that cannot be', verdict(2, 4), { reason: 'mismatch' }],
])('on a later connection: %s loses the session', async (_, text, error) => {
  const { session, lines, network, clock } = await diallingSide();
  session.send('[1]', '[2]', '[3]');
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  network.cut();
  await clock.advance(50);
  lines[1]?.send(text);
  await clock.advance(0);
  expect([session.closes, session.error]).toMatchObject([1, error]);
  await clock.advance(20_000);
  expect(clock.pending).toBe(0);
});

test('what was never handed to a connection certainly did not arrive', async () => {
  const { session, network, clock, line } = await diallingSide({ giveUp: ({ awayMs }) => awayMs > 1000 });
  session.send('[1]');
  line.send(verdict(1, 0));
  await clock.advance(0);
  network.dials = 'refuse';
  network.cut();
  await clock.advance(0);
  session.send('[2]', '[3]');
  await clock.advance(10_000);
  // The first may have been under way.
  expect(session.error).toMatchObject({ reason: 'unreachable', undelivered: 2 });
});

test('retries come soon, then ever later, and not at fixed times', async () => {
  const { network, clock, changes, lines } = await diallingSide({ giveUp: () => false });
  lines[0]?.send(verdict(1, 0));
  await clock.advance(6000);
  network.dials = 'refuse';
  network.cut();
  await clock.advance(60_000);
  const waits = changes.filter(({ state }) => state === 'away').map(({ retryMs }) => retryMs);
  expect(waits.slice(0, 9)).toEqual([50, 250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
  network.dials = 'connect';
  await clock.advance(5000);
  lines.at(-1)?.send(verdict(changes.at(-1)?.attempt ?? 0, 0));
  await clock.advance(4000);
  network.cut();
  await clock.advance(0);
  // It did not last.
  expect(changes.at(-1)).toMatchObject({ state: 'away', retryMs: 5000 });
});

test('a kick tries at once, and doubts a connection that stands', async () => {
  const { network, clock, changes, lines, kick } = await diallingSide({ silenceMs: 0 });
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  network.dials = 'refuse';
  network.cut();
  await clock.advance(20_000);
  expect(changes.at(-1)?.retryMs).toBeGreaterThan(1000);
  network.dials = 'connect';
  kick();
  await clock.advance(0);
  expect(lines.length).toBe(2);
  lines[1]?.send(verdict(claimed(lines[1]?.messages[0]).attempt, 0));
  await clock.advance(100_000);
  expect(lines[1]?.closes).toBe(0);
  kick();
  kick();
  await clock.advance(0);
  expect(lines[1]?.messages.slice(1)).toEqual([expect.stringMatching(/^\["[\w-]{4}",2\]$/)]);
  await clock.advance(5000);
  expect(lines[1]?.closes).toBe(1);
});

test('by default it is tried for a minute longer than the other side keeps it', async () => {
  const { network, clock, session, lines } = await diallingSide();
  lines[0]?.send(verdict(1, 0, 30_000));
  await clock.advance(0);
  network.dials = 'refuse';
  network.cut();
  await clock.advance(89_000);
  expect(session.closes).toBe(0);
  await clock.advance(11_000);
  expect(session.error).toMatchObject({ reason: 'unreachable' });
  expect(clock.pending).toBe(0);
});

test('closing while away ends the trying, after five seconds', async () => {
  const { network, clock, session, lines } = await diallingSide();
  session.send('[1]');
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  network.dials = 'hang';
  network.cut();
  await clock.advance(1000);
  session.duplex.close();
  await clock.advance(4000);
  expect(session.closes).toBe(0);
  await clock.advance(2000);
  expect(session.error).toMatchObject({ reason: 'closed' });
  expect(clock.pending).toBe(0);
});

test('breaking it off tells the other side: on the connection, where nothing waits there', async () => {
  const { clock, session, line } = await diallingSide();
  line.send(verdict(1, 0));
  await clock.advance(0);
  session.duplex.close(new Error('enough'));
  await clock.advance(0);
  expect(line.messages.at(-1)).toMatch(/^\["[\w-]{4}",4\]$/);
  expect([line.closes, line.error]).toEqual([1, undefined]);
  expect(session.error?.message).toBe('enough');
  expect(clock.pending).toBe(0);
});

test('or on another one', async () => {
  const { clock, session, lines } = await diallingSide();
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  session.send('[1]');
  session.duplex.close(new Error('enough'));
  await clock.advance(0);
  expect(lines[0]?.messages.length).toBe(1);
  expect(claimed(lines[1]?.messages[0])).toMatchObject({ attempt: 2 });
  lines[1]?.send(verdict(2, 0));
  await clock.advance(0);
  expect(lines[1]?.messages.at(-1)).toMatch(/^\["[\w-]{4}",4\]$/);
  expect(lines[1]?.closes).toBe(1);
  expect(clock.pending).toBe(0);
});

test('too much sent while away loses it, loudly; nothing old is dropped in silence', async () => {
  const { network, clock, session, lines } = await diallingSide({ maxAwayChars: 1000 });
  session.send('[1]');
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  network.dials = 'refuse';
  network.cut();
  await clock.advance(0);
  for (let i = 0; i < 11; i++) session.send(`["${'x'.repeat(96)}"]`);
  await clock.advance(0);
  expect(session.error).toMatchObject({ reason: 'overflow', undelivered: 11 });
});

test('so does too much that is not confirmed', async () => {
  const { clock, session, lines } = await diallingSide({ maxUnconfirmedChars: 1000 });
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  for (let i = 0; i < 11; i++) session.send(`["${'x'.repeat(96)}"]`);
  await clock.advance(0);
  expect(session.error).toMatchObject({ reason: 'overflow', undelivered: 1 });
});

test('while away, a writer that waits for room is told to wait, and goes on afterwards', async () => {
  const { network, clock, session, lines } = await diallingSide();
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  network.cut();
  await clock.advance(0);
  let isThere = false;
  const long = `["${'x'.repeat(700_000)}"]`;
  expect(session.duplex.send(long)).toBeUndefined();
  void session.duplex.send(long)?.then(() => {
    isThere = true;
  });
  await clock.advance(50);
  expect([isThere, session.duplex.buffered]).toEqual([false, 2 * long.length]);
  lines[1]?.send(verdict(2, 0));
  await clock.advance(0);
  expect(isThere).toBe(true);
});

test('what has left counts as under way until the other side is heard', async () => {
  const { session, line, clock } = await diallingSide();
  line.send(verdict(1, 0));
  await clock.advance(0);
  session.send('["ping"]');
  await clock.advance(1000);
  expect([line.messages.at(-1), session.duplex.buffered]).toEqual(['["ping"]', 8]);
  line.send('["pong"]');
  await clock.advance(0);
  expect(session.duplex.buffered).toBe(0);
});

test('what a program says of a change disturbs nobody', async () => {
  const { clock, session, line } = await diallingSide({
    onState: () => {
      throw new Error('a banner is broken');
    },
  });
  line.send(verdict(1, 0), '["a"]');
  await clock.advance(0);
  expect(session.messages).toEqual(['["a"]']);
});

test('options are checked', () => {
  const network = memory();
  expect(() => resumable(network, { keepMS: 5 } as object)).toThrow(
    "there is no option 'keepMS'; there are keepMs,",
  );
  expect(() => resumable(network, { keepMs: -1 })).toThrow('keepMs must be a number, 0 or more');
  expect(() => resumable(network, { keepMs: Number.NaN })).toThrow('keepMs must be');
  expect(() => resumable(network, { giveUp: true } as object)).toThrow('giveUp must be a function');
  expect(() => resumable(network, { clock: null } as object)).toThrow('clock must be a clock');
  expect(resumable(network).name).toBe('memory');
});

test('dialling fails as it does without', async () => {
  await expect(resumable(memory()).dial({})).rejects.toThrow('nobody listens');
});
