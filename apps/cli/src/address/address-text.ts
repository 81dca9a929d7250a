import type { Address } from './address.js';

/** An address as the user would write it, without passwords. */
export function addressText(address: Address): string {
  switch (address.kind) {
    case 'tcp':
    case 'tls':
      return `${address.kind}://${bracketed(address.host)}:${address.port}`;
    case 'unix':
      return `unix:${address.path}`;
    case 'nats':
      return `nats://${address.servers}/${address.subject}`;
    case 'stdio':
      return `stdio:${address.command.join(' ')}`;
    default:
      return address.url.replace(/\/\/[^/@]*@/, '//');
  }
}

/** An IPv6 address as it stands in front of a port. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
