import { duplexSuite } from '@bjsonrpc/duplex-suite';
import { openTcp, socketPath, testTls } from './open-tcp.ts';

duplexSuite('tcp', () => openTcp());
duplexSuite('tcp over TLS', () => openTcp({ tls: testTls }));
duplexSuite('tcp over a unix socket', () => openTcp({ path: socketPath() }));
