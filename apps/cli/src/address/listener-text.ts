import type { ListenerAddress } from '@bjsonrpc/protocol';
import type { Address } from './address.js';
import { addressText, bracketed } from './address-text.js';

/** Where it listens, as it is to be dialled: with the port that it really has. */
export function listenerText(address: Address, { url, host, port }: ListenerAddress): string {
  if (address.kind === 'tcp' || address.kind === 'tls')
    return `${address.kind}://${bracketed(host ?? address.host)}:${port ?? address.port}`;
  return url ?? addressText(address);
}
