import type { Transport } from '@bjsonrpc/peer';
import { usageFailure } from '../failure.js';
import type { Address } from './address.js';
import { framingOf, headersOf, type TransportSettings, tlsOf } from './transport-settings.js';

type Of<Kind extends Address['kind']> = Extract<Address, { kind: Kind }>;

/**
 * The transport to dial that address with. Each is loaded when it is needed.
 *
 * @throws Failure for settings that make no sense there
 */
export async function dialler(address: Address, settings: TransportSettings): Promise<Transport> {
  switch (address.kind) {
    case 'ws':
    case 'wss': {
      const { ws } = await import('@bjsonrpc/transport-ws');
      const tls = tlsOf(settings);
      // The package's WebSocket, unlike the platform's, tells why it was refused.
      return ws({ url: address.url, use: 'ws', headers: headersOf(settings.headers), ...(tls && { tls }) });
    }
    case 'stdio': {
      const [command, ...args] = address.command;
      if (command === undefined)
        throw usageFailure('stdio: the command is missing', 'For example "stdio:node server.js"');
      const { spawn } = await import('@bjsonrpc/transport-stdio');
      return spawn(command, args, framingOf(settings));
    }
    default:
      return await either(address, settings);
  }
}

/** The transport to listen at that address with. @throws Failure for what cannot listen */
export async function listener(address: Address, settings: TransportSettings): Promise<Transport> {
  switch (address.kind) {
    case 'ws':
    case 'wss': {
      const { webListener } = await import('./web-listener.js');
      return webListener(address, settings, tlsOf(settings));
    }
    case 'stdio': {
      if (address.command.length > 0)
        throw usageFailure(
          'a command cannot be listened at',
          'stdio: alone is this program’s own standard input and output.',
        );
      const { stdio } = await import('@bjsonrpc/transport-stdio');
      return stdio(framingOf(settings));
    }
    default: {
      if (address.kind === 'tls' && !(settings.cert && settings.key))
        throw usageFailure(
          'to listen with TLS takes a certificate',
          '--cert FILE and --key FILE, both in PEM.',
        );
      return await either(address, settings);
    }
  }
}

/** Of those that dial and listen by the same value. */
async function either(
  address: Of<'tcp' | 'tls'> | Of<'unix'> | Of<'nats'>,
  settings: TransportSettings,
): Promise<Transport> {
  if (address.kind === 'nats') {
    const { nats } = await import('@bjsonrpc/transport-nats');
    const { servers, subject, user, pass } = address;
    const login = { ...(user !== undefined && { user }), ...(pass !== undefined && { pass }) };
    return nats({ servers, subject, ...(user !== undefined && { login }) });
  }
  const { tcp } = await import('@bjsonrpc/transport-tcp');
  const framing = framingOf(settings);
  if (address.kind === 'unix') return tcp({ path: address.path, ...framing });
  const { host, port } = address;
  return tcp({ host, port, ...framing, ...(address.kind === 'tls' && { tls: tlsOf(settings) ?? {} }) });
}
