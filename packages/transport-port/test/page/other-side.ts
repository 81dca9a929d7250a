import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { port } from '@bjsonrpc/transport-port';

/** What is at the other side: of a worker, and of an iframe. */
export class OtherSide extends Handler {
  sum(bytes: Uint8Array): number {
    return bytes.reduce((sum, byte) => sum + byte, 0);
  }
  async twice(work: (n: number) => number): Promise<readonly number[]> {
    return [await work(1), await work(2)];
  }
  where(): { readonly origin: string } {
    return { origin: self.origin };
  }
}

const { window, search } = globalThis.window
  ? { window: globalThis.window, search: globalThis.location.search }
  : { window: undefined, search: '' };
/** Who may embed this page. */
const origin = 'https://app.test';

if (search.includes('dials') && window) {
  // What others post is nobody's business here.
  window.parent.postMessage({ bjsonrpc: 'hello', to: 'nobody', from: 'me' }, '*');
  const peer = await connect<{ tell(text: string): void }>(port(window.parent, { origin }));
  await peer.call.tell(search);
} else if (window) await createServer(port(window.parent, { origin }), () => new OtherSide());
else await createServer(port(globalThis as unknown as Worker), () => new OtherSide());
