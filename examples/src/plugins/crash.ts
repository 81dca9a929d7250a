// crash.ts: a plugin that does not live long
import { createServer, Handler } from '@bjsonrpc/peer';
import { stdio } from '@bjsonrpc/transport-stdio';
import type { Host, Plugin } from './host.js';

class Crash extends Handler<Host> implements Plugin {
  name(): string {
    return 'crash';
  }
  command(): (text: string) => string {
    return () => process.exit(1);
  }
}

await createServer(stdio(), () => new Crash());
