import { expect, test } from 'vitest';
import { Pair } from '../src/pair.js';

const times = { ping: 8, gone: 12, dead: 160 };

/** Looks until it is given up, with NATS saying at each of its pings, from a look on, that nobody listens there. */
function looksUntilGivenUp({ absentFrom, heardUntil = 0 }: { absentFrom: number; heardUntil?: number }) {
  const pair = new Pair('there', 'here');
  for (let look = 1; look < 1000; look++) {
    if (look <= heardUntil) pair.heard();
    const todo = pair.look(times, true);
    if (todo === 'ping' && look >= absentFrom) pair.absent();
    if (todo === 'gone' || todo === 'dead') return { look, todo };
  }
  return undefined;
}

test('a process that was heard of, and then is not there, is gone soon', () => {
  const given = looksUntilGivenUp({ absentFrom: 101, heardUntil: 100 });
  expect(given?.todo).toBe('gone');
  expect(given?.look).toBeLessThan(100 + times.ping + 2 * times.gone);
});

test('one that had long been silent before may come back: it is stuck, and was cut off for that', () => {
  expect(looksUntilGivenUp({ absentFrom: 80 })).toEqual({ look: times.dead, todo: 'dead' });
});
