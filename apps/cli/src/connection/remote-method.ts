import type { UntypedProxy } from '@bjsonrpc/peer';
import { usageFailure } from '../failure.js';

/**
 * The method of that full name: `add`, `math.add`, `textDocument/hover`.
 *
 * @throws Failure for names that the language keeps for itself, such as `then`
 */
export function remoteMethod<R>(methods: UntypedProxy<R>, name: string): (...args: unknown[]) => R {
  const method = methods[name];
  if (typeof method !== 'function')
    throw usageFailure(`${name}: a method of this name cannot be called from here`);
  return method;
}
