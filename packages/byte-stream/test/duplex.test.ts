import { duplexSuite } from '@bjsonrpc/duplex-suite';
import { openPair } from './open-pair.ts';

duplexSuite('two pipes', async ({ maxMessageBytes }) => openPair(maxMessageBytes), { carriesBytes: true });
