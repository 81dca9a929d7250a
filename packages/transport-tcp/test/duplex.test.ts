import { duplexSuite } from '@bjsonrpc/duplex-suite';
import { openTcp, socketPath, testTls } from './open-tcp.ts';

duplexSuite('tcp', (peers) => openTcp({}, peers));
duplexSuite('tcp over TLS', (peers) => openTcp({ tls: testTls }, peers));
duplexSuite('tcp over a unix socket', (peers) => openTcp({ path: socketPath() }, peers));
