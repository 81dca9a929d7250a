// tool.ts: a program to be called by whoever starts it
import { createServer, Handler } from '@bjsonrpc/peer';
import { stdio } from '@bjsonrpc/transport-stdio';

export class Tool extends Handler {
  count(text: string): number {
    console.log('counting'); // to stderr: stdout is the connection's alone
    return text.split(' ').length;
  }
}

await createServer(stdio(), () => new Tool()); // serves one connection, and ends when that has closed
