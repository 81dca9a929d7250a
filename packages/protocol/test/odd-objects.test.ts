import { errorObject, errorText, isError, RpcError, UnsendableError } from '@bjsonrpc/protocol';
import { describe, expect, test } from 'vitest';
import { Side } from './fake-sides.ts';

const side = new Side('A', 'B');

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
const odd: [string, unknown][] = [
  ['a revoked Proxy of an object', revoked({})],
  ['of an array', revoked([])],
  ['of a function', revoked(() => {})],
  ['of an error', revoked(new RpcError('x'))],
  [
    'a Proxy that throws at every touch',
    new Proxy(new Error('x'), {
      getPrototypeOf: () => {
        throw null;
      },
      get: () => {
        throw undefined;
      },
    }),
  ],
];

describe('what is thrown is told, whatever it is', () => {
  test.each(odd)('%s', (_, thrown) => {
    expect(isError(thrown)).toBe(false);
    expect(thrown instanceof RpcError).toBe(false);
    expect(thrown instanceof UnsendableError).toBe(false);
    expect(errorText(thrown)).toBe('an error that cannot be told');
    expect(errorObject(thrown)).toMatchObject({ code: -32000, message: 'an error that cannot be told' });
  });
});

describe('an array that is mostly empty', () => {
  const sparse = (length: number): unknown[] => {
    const array: unknown[] = [];
    array[length - 1] = 1;
    return array;
  };
  test.each([100_000, 2 ** 32 - 1])('of %i places cannot be sent, and costs no time', (length) => {
    expect(() => side.write([{ list: sparse(length) }])).toThrow(UnsendableError);
    expect(() => side.write([{ list: sparse(length) }])).toThrow(
      'params[0].list: cannot send an array with more than 65536 empty places',
    );
  });
  test('of a few can', () => {
    expect(side.write(sparse(3))).toBe(
      '[{"__jsonclass__":["undefined",[]]},{"__jsonclass__":["undefined",[]]},1]',
    );
    expect(side.write([{ length: 1e15 }])).toBe('[{"length":1000000000000000}]');
  });
});
