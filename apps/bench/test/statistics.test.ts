import { expect, test } from 'vitest';
import { Samples } from '../src/harness/figure.js';
import { median } from '../src/harness/statistics.js';
import { bytesText, numberText } from '../src/report/number-text.js';
import { payload } from '../src/side/payload.js';

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[7], 7],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('a ratio is taken in each round, not of the medians', () => {
  const samples = new Samples('suite', 'limit');
  const rounds = { limit: [100, 10, 50], capnweb: [50, 8, 25] };
  for (const contender of ['limit', 'capnweb'] as const) {
    for (const value of rounds[contender])
      samples.add(contender, undefined, { metric: 'call', unit: '1/s', value });
  }
  const [limit, capnweb] = samples.figures();
  expect(limit).toMatchObject({ contender: 'limit', median: 50 });
  expect(limit).not.toHaveProperty('ratio');
  expect(capnweb).toMatchObject({ contender: 'capnweb', median: 25, ratio: 0.5 });
});

test('what failed in some rounds has a median of the others', () => {
  const samples = new Samples('suite', 'limit');
  samples.add('birpc', 60, { metric: 'call', unit: '1/s', value: 5 });
  expect(samples.figures()).toEqual([
    { suite: 'suite', contender: 'birpc', metric: 'call', unit: '1/s', x: 60, rounds: [5], median: 5 },
  ]);
});

test.each([
  [1234567, '1,234,567'],
  [999.6, '1000'],
  [12.345, '12.3'],
  [0.5, '0.50'],
  [Number.NaN, '–'],
])('%d is written %s', (value, expected) => {
  expect(numberText(value)).toBe(expected);
});

test.each([
  [60, '60 B'],
  [65_536, '64 KiB'],
  [4 * 1024 * 1024, '4 MiB'],
])('%d bytes are %s', (value, expected) => {
  expect(bytesText(value)).toBe(expected);
});

test.each([60, 4096, 65_536])('a payload of %d bytes has about that many', (bytes) => {
  const { length } = JSON.stringify(payload(bytes));
  expect(length).toBeGreaterThanOrEqual(bytes);
  expect(length).toBeLessThan(bytes + 100);
});
