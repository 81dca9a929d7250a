import { type MemoryOptions, memory, memoryPair, VirtualClock } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';

test('an option that there is not, or of the wrong kind, is an error that names it', () => {
  expect(() => memory({ latency: 5 } as MemoryOptions)).toThrow(
    "memory(): there is no option 'latency'; there are seed, latencyMs, jitterMs, split, cutAfter, clock, maxMessageBytes, carriesBytes, maxBuffered",
  );
  expect(() => memoryPair({ latencyMs: '5' } as unknown as MemoryOptions)).toThrow(
    'memory(): latencyMs must be a number, 0 or more',
  );
  expect(() => memory({ split: 2 })).toThrow('memory(): split must be a probability, 0 to 1');
  expect(() => memory({ cutAfter: [1] } as unknown as MemoryOptions)).toThrow('memory(): cutAfter must be');
});

test('every option there is passes', () => {
  const all: Required<MemoryOptions> = {
    seed: -1,
    latencyMs: 1,
    jitterMs: 1,
    split: 0.5,
    cutAfter: [1, 2],
    clock: new VirtualClock(),
    maxMessageBytes: 1,
    carriesBytes: true,
    maxBuffered: 1,
  };
  expect(memory(all).name).toBe('memory');
});
