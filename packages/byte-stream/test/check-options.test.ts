import { checkOptions } from '@bjsonrpc/byte-stream';
import { expect, test } from 'vitest';

const kinds = { name: 'string', ms: 'amount', port: 'port', list: ['a list', Array.isArray] } as const;

test.for([
  [{ nmae: 'x' }, "it(): there is no option 'nmae'; there are name, ms, port, list"],
  [{ toString: 1 }, "it(): there is no option 'toString'; there are name, ms, port, list"],
  [{ name: 1 }, 'it(): name must be a string'],
  [{ ms: -1 }, 'it(): ms must be a number, 0 or more'],
  [{ ms: Number.NaN }, 'it(): ms must be a number, 0 or more'],
  [{ ms: '5' }, 'it(): ms must be a number, 0 or more'],
  [{ port: 65536 }, 'it(): port must be a port, 0 to 65535'],
  [{ list: {} }, 'it(): list must be a list'],
] as const)('%o: %s', ([given, message]) => {
  expect(() => checkOptions('it', given, kinds)).toThrow(new TypeError(message));
});

test('what is right, or not given, passes', () => {
  checkOptions('it', { name: '', ms: Number.POSITIVE_INFINITY, port: 0, list: [] }, kinds);
  checkOptions('it', { name: undefined }, kinds);
});
