import type { Address } from '../address/address.js';
import { addressText } from '../address/address-text.js';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';

/** What no connection, or no listener, came of: a line that says so, and what to do about it. */
export function dialFailure(error: unknown, address: Address): Failure {
  if (error instanceof Failure) return error;
  const { message, code } = error as NodeJS.ErrnoException;
  const where = addressText(address);
  return new Failure(message.startsWith('Cannot') ? message : `Cannot connect to ${where}: ${message}`, {
    exitCode: exitCodes.cannotConnect,
    advice: adviceFor(`${code ?? ''} ${message}`, address),
    cause: error,
  });
}

/** What a system's code, or a text, means to the user; the first that fits. */
const adviceByText: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'Nothing listens there. Is the server running, and at this port?'],
  [/ENOTFOUND|EAI_AGAIN/, 'Check the name of the host.'],
  [/ETIMEDOUT|Not connected within/, 'Is the host up, and no firewall between? --timeout waits longer.'],
  [/EADDRINUSE/, 'Another program listens there: stop it, or take another port (0: any that is free).'],
  [/EACCES|EPERM/, 'This user may not: check the permissions, or take a port above 1023.'],
  [
    /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|self-signed|unable to (verify|get)/i,
    'Its certificate is not trusted here: --ca FILE names whom to trust; --insecure accepts any.',
  ],
  [
    /ALTNAME|does not match certificate/i,
    'Its certificate is for another name: --servername NAME says which.',
  ],
  [
    /CERT_HAS_EXPIRED|certificate has expired/i,
    'Its certificate has expired; --insecure accepts it all the same.',
  ],
  [/speak TLS/, 'Try without TLS: tcp:// or ws://.'],
  [/speak HTTP|Parse Error/, 'It takes no WebSockets: try tcp:// or tls://.'],
  [/\b401\b/, 'It wants to know who you are: --header "authorization: Bearer …".'],
  [/\b403\b/, 'It does not let this client in: see allowedHosts and allowedOrigins of the server.'],
  [/\b404\b/, 'There is no WebSocket at this path: check the URL behind the port.'],
  [
    /\b(200|400|405|426|500|502|503)\b/,
    'Something answers in HTTP, and not as a WebSocket: check host, port and path.',
  ],
  [/NATS|nats/, 'Is a service listening on this subject, and NATS at this address?'],
];

function adviceFor(text: string, { kind }: Address): string | undefined {
  if (/ECONNRESET|connection reset/.test(text) && (kind === 'ws' || kind === 'wss'))
    return `It takes no WebSockets, or ${kind === 'ws' ? 'none without TLS: try wss://' : 'none with TLS: try ws://'}, tcp:// or tls://.`;
  if (/ENOENT/.test(text))
    return kind === 'stdio'
      ? 'Is the program installed, and its name right? It is started without a shell.'
      : 'No server has made this socket: check the path, and that it runs.';
  return adviceByText.find(([pattern]) => pattern.test(text))?.[1];
}
