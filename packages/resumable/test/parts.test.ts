import { expect, test } from 'vitest';
import { Controls } from '../src/control.ts';
import { isSameSecret, secretText } from '../src/secrets.ts';
import { SendLog } from '../src/send-log.ts';

test('secrets are compared as a whole', () => {
  expect(isSameSecret('abab', 'abab')).toBe(true);
  expect(isSameSecret('abab', 'ab')).toBe(false);
  expect(isSameSecret('ab', 'abab')).toBe(false);
  expect(isSameSecret('abab', 'abac')).toBe(false);
  expect(isSameSecret('', 'a')).toBe(false);
  expect(isSameSecret('a', '')).toBe(false);
});

test('secrets are of all 64 characters, none more often than others', () => {
  const text = secretText(64_000);
  expect(text).toMatch(/^[\w-]{64000}$/);
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(64);
  expect(Math.max(...counts.values())).toBeLessThan(2 * Math.min(...counts.values()));
});

test('a log gives each message once to a connection, and again from where the next one is', () => {
  const log = new SendLog();
  for (const text of ['a', 'b', 'c', 'd']) log.push(text);
  expect([log.take(), log.take(), log.take()]).toEqual(['a', 'b', 'c']);
  expect([log.last, log.handed, log.confirmed, log.chars, log.waitingChars]).toEqual([4, 3, 0, 4, 1]);
  expect(log.confirm(4)).toBe(false);
  expect(log.confirm(1)).toBe(true);
  expect(log.confirm(0)).toBe(false);
  expect([log.rewind(0), log.rewind(4), log.rewind(2)]).toEqual([false, false, true]);
  expect([log.chars, log.waitingChars]).toEqual([2, 2]);
  // Of what it was given before, nothing more can be confirmed until it is handed over again.
  expect(log.confirm(3)).toBe(false);
  expect([log.take(), log.take(), log.take()]).toEqual(['c', 'd', undefined]);
  expect(log.isHandedOver).toBe(true);
  expect(log.confirm(4)).toBe(true);
  expect([log.chars, log.waitingChars, log.last]).toEqual([0, 0, 4]);
});

test('a log of many messages is right wherever it is tidied', () => {
  const log = new SendLog();
  let pushed = 0;
  let taken = 0;
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 300; i++) log.push(String(++pushed));
    for (let i = 0; i < 250; i++) expect(log.take()).toBe(String(++taken));
    log.confirm(taken - 40);
    if (round % 7 === 0) {
      taken -= 20;
      log.rewind(taken);
    }
  }
  expect([log.last, log.confirmed]).toEqual([pushed, expect.any(Number)]);
  let chars = 0;
  for (let i = log.confirmed + 1; i <= pushed; i++) chars += String(i).length;
  expect(log.chars).toBe(chars);
  log.clear();
  expect([log.chars, log.waitingChars, log.last, log.take()]).toEqual([0, 0, pushed, undefined]);
});

test('control messages are read as they are written, and nothing else is one', () => {
  const controls = new Controls('AbCd-and-more');
  expect(controls.read(controls.ack(57))).toEqual({ kind: 'ack', received: 57 });
  expect(controls.read(controls.probe)).toEqual({ kind: 'probe' });
  expect(controls.read(controls.end)).toEqual({ kind: 'end' });
  expect(controls.read(controls.abort)).toEqual({ kind: 'abort' });
  for (const text of ['["AbCd",1]', '["AbCd",1,1e3]', '["AbCd",1,5,6]', '["AbCd",33]', '["AbCd",'])
    expect(controls.read(text)).toEqual({ kind: 'other' });
  for (const text of ['["AbC",3]', '["abcd",3]', ' ["AbCd",3]', '{"AbCd":3}', '[]'])
    expect(controls.read(text)).toBeUndefined();
});
