import { connect, createServer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, onTestFinished, test } from 'vitest';

class Made {}

const api = {
  take: (value: unknown): string => typeof value,
  give: (): unknown => Made,
};

test('a class is no function that could be called, and is refused where it is given', async () => {
  const transport = memory();
  const server = await createServer(transport, () => api, { onError: () => {} });
  const peer = await connect<typeof api>(transport);
  onTestFinished(async () => {
    await peer.close();
    await server.close();
  });
  for (const [value, name] of [
    [Made, 'Made'],
    [Date, 'Date'],
  ] as const)
    await expect(peer.call.take(value)).rejects.toThrow(
      `params[0]: cannot send the class ${name}: send an instance of it, or a function`,
    );
  await expect(peer.call.give()).rejects.toThrow('result: cannot send the class Made');
  for (const value of [() => 1, function named() {}, async () => {}, function* () {}, Made.bind(null)])
    expect(await peer.call.take(value)).toBe('function');
});
