import { expect, onTestFinished, test, vi } from 'vitest';
import { sayOnce } from '../../src/basics/reporter.ts';

test('of errors that a stranger makes a hundred are said, each once', () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => said.mockRestore());
  for (let round = 0; round < 2; round++)
    for (let i = 0; i < 200; i++) sayOnce(new Error(`number ${i}`), { method: 'f' });
  expect(said).toHaveBeenCalledTimes(100);
});
