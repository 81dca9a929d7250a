// shout.ts: a plugin
import { createServer, Handler } from '@bjsonrpc/peer';
import { stdio } from '@bjsonrpc/transport-stdio';
import type { Host, Plugin } from './host.js';

class Shout extends Handler<Host> implements Plugin {
  name(): string {
    return 'shout';
  }
  command(): (text: string) => string {
    this.peer.notify.log('shout is ready');
    return (text) => `${text.toUpperCase()}!`;
  }
}

await createServer(stdio(), () => new Shout());
