import { duplexSuite } from '@bjsonrpc/duplex-suite';
import { openTcp, socketPath, testTls } from './open-tcp.ts';

duplexSuite('tcp', (peers) => openTcp({}, peers), { carriesBytes: true });
duplexSuite('tcp over TLS', (peers) => openTcp({ tls: testTls }, peers), { carriesBytes: true });
duplexSuite('tcp over a unix socket', (peers) => openTcp({ path: socketPath() }, peers), {
  carriesBytes: true,
});
