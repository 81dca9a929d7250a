import { MethodNotFoundError } from '@bjsonrpc/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sayOnce } from '../../src/basics/reporter.ts';

test('of a method that there is not only the name is said', () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => said.mockRestore());
  const [unknown, failed] = [
    new MethodNotFoundError("Unknown method 'window/logMessage'"),
    new Error('it failed'),
  ];
  sayOnce(unknown, { method: 'window/logMessage' });
  sayOnce(failed, { method: 'f' });
  expect(said.mock.calls).toEqual([
    [`bjsonrpc: window/logMessage: ${unknown.message}`],
    ['bjsonrpc: f: Error: it failed', failed],
  ]);
});

test('of errors that a stranger makes a hundred are said in all, each once', () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => said.mockRestore());
  for (let round = 0; round < 2; round++)
    for (let i = 0; i < 200; i++) sayOnce(new Error(`number ${i}`), { method: 'f' });
  expect(said).toHaveBeenCalledTimes(98);
});
