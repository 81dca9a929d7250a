import { type SpawnOptions, type StdioOptions, spawn, stdio } from '@bjsonrpc/transport-stdio';
import { expect, test } from 'vitest';

test('an option that there is not, or of the wrong kind, is an error that names it', () => {
  expect(() => stdio({ frame: 'x' } as StdioOptions)).toThrow(
    /^stdio\(\): there is no option 'frame'; there are framing, .*closeTimeoutMs$/,
  );
  expect(() => stdio({ framing: 'headers' } as unknown as StdioOptions)).toThrow(
    "stdio(): framing must be 'lines' or 'content-length'",
  );
  expect(() => spawn('x', [], { closeTimeoutMs: 1 } as SpawnOptions)).toThrow(
    "spawn(): there is no option 'closeTimeoutMs'",
  );
  expect(() => spawn('x', [], { stderr: 'pipe' } as unknown as SpawnOptions)).toThrow(
    "spawn(): stderr must be 'inherit', 'ignore' or a function",
  );
  expect(() => spawn('')).toThrow('spawn(): the command');
  expect(() => spawn('x', 'y' as unknown as string[])).toThrow('spawn(): the arguments');
  expect(() => spawn('x', [1] as unknown as string[])).toThrow('spawn(): the arguments');
});

test('every option there is passes', () => {
  const pipe: Required<StdioOptions> = {
    framing: 'content-length',
    maxMessageBytes: 1,
    maxWriteBufferBytes: 1,
    messageTimeoutMs: 0,
    writeStallMs: 0,
    closeTimeoutMs: 0,
  };
  expect(stdio(pipe).name).toBe('stdio');
  const { closeTimeoutMs: _, ...shared } = pipe;
  const child: Required<SpawnOptions> = {
    ...shared,
    cwd: '.',
    env: {},
    stderr: () => {},
    onSpawn: () => {},
    exitTimeoutMs: 0,
    killTimeoutMs: 0,
  };
  expect(spawn('x', ['y'], child).name).toBe('spawn');
});
