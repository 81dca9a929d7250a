import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { duplexSuite } from '@bjsonrpc/duplex-suite';
import type { Duplex } from '@bjsonrpc/protocol';
import { type PortTarget, port } from '@bjsonrpc/transport-port';
import type { EventPort } from '../src/message-port-line.ts';
import type { ProcessPort } from '../src/process-line.ts';

/** How each end sees its port. */
type Ends = readonly [a: (port: MessagePort) => PortTarget, b: (port: MessagePort) => PortTarget];

function suite(name: string, [asA, asB]: Ends, carriesBytes: boolean): void {
  duplexSuite(
    name,
    async (limits) => {
      const { port1, port2 } = new MessageChannel();
      const accepted = new Promise<Duplex>((resolve) => {
        void port(asB(port2)).listen(resolve, limits);
      });
      const [a, b] = await Promise.all([port(asA(port1)).dial(limits), accepted]);
      return { a, b, cut: () => port1.close(), close: async () => port1.close() };
    },
    { carriesBytes },
  );
}

/** As a browser's, which has listeners of events. */
function asEventPort(own: MessagePort): EventPort {
  const events = own as unknown as EventTarget;
  return {
    postMessage: (data, transfer) => own.postMessage(data, transfer),
    addEventListener: (type, listener) => events.addEventListener(type, listener),
    removeEventListener: (type, listener) => events.removeEventListener(type, listener),
    start: () => own.start(),
  };
}

/** As the IPC of Node's processes by default: what goes through it is JSON. */
function asProcess(own: MessagePort): ProcessPort {
  const heard = new Map<unknown, (data: unknown) => void>();
  return {
    send: (message: unknown, callback: (error: Error | null) => void) => {
      own.postMessage(JSON.stringify(message));
      setImmediate(callback, null);
      return true;
    },
    on: (event, listener) => {
      const parse = (data: unknown): void =>
        listener((typeof data === 'string' ? JSON.parse(data) : undefined) as never);
      heard.set(listener, parse);
      own.on(event === 'message' ? 'message' : 'close', parse);
    },
    off: (event, listener) => {
      own.off(event === 'message' ? 'message' : 'close', heard.get(listener) as never);
    },
  };
}

suite('a port of Node and one of browsers', [(own) => own, asEventPort], true);
suite('a port of JSON', [asProcess, asProcess], false);
