/** What secures the connections of the bench: the certificate that the tests of the TCP transport use. */
import { readFileSync } from 'node:fs';

const read = (name: string): string =>
  readFileSync(new URL(`../../../../packages/transport-tcp/test/fixtures/${name}`, import.meta.url), 'utf8');

const cert = read('test-only-cert.pem');

export const certificate: { readonly key: string; readonly cert: string; readonly ca: string } = {
  key: read('test-only-key.pem'),
  cert,
  ca: cert,
};
