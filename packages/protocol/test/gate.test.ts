import { Gate } from '@bjsonrpc/protocol';
import { expect, test } from 'vitest';

test('all who wait go on together, and who comes later waits again', async () => {
  const gate = new Gate();
  gate.open();
  expect(gate.isAwaited).toBe(false);
  const first = gate.wait();
  expect(gate.wait()).toBe(first);
  expect(gate.isAwaited).toBe(true);
  gate.open();
  await first;
  expect(gate.isAwaited).toBe(false);
  const second = gate.wait();
  const winner = await Promise.race([second.then(() => 'open'), Promise.resolve('still waiting')]);
  expect(winner).toBe('still waiting');
  gate.open();
  await second;
});
