import { expect, test } from 'vitest';
import { clientDifferences } from './client-differences.ts';
import { drivers } from './drivers.ts';
import { serverDifferences } from './server-differences.ts';
import { playedBy, transcripts } from './transcript.ts';

// Nothing is skipped: a session is replayed in each role that the library had in it. Where a role was a bare socket's,
// its lines are somebody's choice and prove nothing; they are what the other role is fed.

test('every recorded session is replayed in at least one role', () => {
  expect(transcripts.size).toBe(86);
  const played = new Set([...playedBy('server'), ...playedBy('client')].map(({ name }) => name));
  expect([...transcripts.keys()].filter((name) => !played.has(name))).toEqual([]);
});

test('a role is left out only where it was a bare socket', () => {
  const left = (side: 'server' | 'client') =>
    [...transcripts.values()].filter(({ library }) => !library.has(side)).map(({ name }) => name);
  // Servers played by hand tell what a client takes …
  expect(left('server')).toHaveLength(9);
  for (const name of left('server')) expect(name).toMatch(/^(client|delete)_/);
  // … and clients played by hand what a server takes.
  expect(left('client')).toHaveLength(28);
  for (const name of left('client'))
    expect(name).toMatch(/^(v021_)?(raw|client_object|object|references|hint|threaded)/);
});

test('each session that our client plays has one driver', () => {
  expect([...drivers.keys()].sort()).toEqual(
    playedBy('client')
      .map(({ name }) => name)
      .sort(),
  );
});

test('each row of the tables names a line that exists, and only one row says one thing of it', () => {
  for (const rows of [serverDifferences, clientDifferences]) {
    const keys = rows.map((row) => `${row.in}:${row.at} ${row.over ?? ''} ${Object.keys(row.ours)}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const row of rows) {
      expect(transcripts.get(row.in)?.entries[row.at - 2], `${row.in}:${row.at}`).toBeDefined();
      expect([row.theirs, row.why].every((text) => text.length > 5)).toBe(true);
    }
  }
});
