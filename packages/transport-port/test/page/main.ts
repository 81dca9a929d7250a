import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { port } from '@bjsonrpc/transport-port';
import type { OtherSide } from './other-side.ts';

/** What the page does for the tests. */
export const tested = {
  async worker(code: string): Promise<string> {
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })), {
      type: 'module',
    });
    const peer = await connect<OtherSide>(port(worker, { transfer: true }));
    await peer.ping();
    const bytes = new Uint8Array(100_000).fill(5);
    const [sum, twice] = [await peer.call.sum(bytes), await peer.call.twice((n: number) => 10 * n)];
    await peer.close();
    const again = await connect<OtherSide>(port(worker));
    const { origin } = (await again.call.where()) as { origin: string };
    worker.terminate();
    return `${sum} ${bytes.length} ${twice} ${origin}`;
  },

  async brokenWorker(): Promise<string> {
    const url = URL.createObjectURL(new Blob(['throw new Error("no such thing")']));
    return connect(port(new Worker(url))).then(String, String);
  },

  async iframe(src: string, { origin, sandbox }: { origin?: string; sandbox?: string }): Promise<string> {
    const window = openFrame(src, sandbox);
    const given = { ...(origin !== undefined && { origin }), handshakeTimeoutMs: 1000 };
    try {
      const peer = await connect<OtherSide>(port(window, given));
      const [sum, twice] = [
        await peer.call.sum(new Uint8Array(1000).fill(1)),
        await peer.call.twice((n: number) => n),
      ];
      const { origin } = (await peer.call.where()) as { origin: string };
      await peer.close();
      return `${sum} ${twice} ${origin}`;
    } catch (error) {
      return String(error);
    }
  },

  /** Serves an iframe that is loaded again: each time it calls, and tells what it got. */
  async reload(src: string, origin: string): Promise<readonly string[]> {
    const heard: string[] = [];
    let wake = (): void => {};
    class Page extends Handler {
      tell(text: string): void {
        heard.push(text);
        wake();
      }
    }
    const window = openFrame(`${src}?dials`);
    const server = await createServer(port(window, { origin }), () => new Page());
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    const frame = document.querySelector('iframe');
    if (frame) frame.src = `${src}?dials&again`;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    const sizes = `${server.connections.size}`;
    await server.close();
    return [...heard, sizes];
  },

  /** Listens for an iframe of another origin that calls. */
  async refused(src: string, origin: string): Promise<string> {
    const transport = port(openFrame(`${src}?dials`), { origin });
    return new Promise<string>((resolve) => {
      const onRefused = (error: Error, { remoteAddress }: { readonly remoteAddress?: string }): void =>
        resolve(`${error.message} (${remoteAddress})`);
      void transport.listen(() => resolve('let in'), { onRefused });
    });
  },

  ownWindow(): string {
    try {
      port(window.parent);
      return 'taken';
    } catch (error) {
      return String(error);
    }
  },
};

function openFrame(src: string, sandbox?: string): Window {
  document.querySelector('iframe')?.remove();
  const frame = document.createElement('iframe');
  if (sandbox !== undefined) frame.setAttribute('sandbox', sandbox);
  frame.src = src;
  document.body.append(frame);
  if (!frame.contentWindow) throw new Error('no window');
  return frame.contentWindow;
}

(globalThis as unknown as { tested: typeof tested }).tested = tested;
