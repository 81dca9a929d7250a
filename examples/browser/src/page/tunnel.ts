import type { Transport } from '@bjsonrpc/peer';

/** A transport that can be driven into a tunnel: its connections break there, and none are to be had until it comes out. */
export interface Tunnel extends Transport {
  /** For so many milliseconds. */
  enter(ms: number): void;
}

export function tunnel(transport: Transport): Tunnel {
  type Duplex = Awaited<ReturnType<Transport['dial']>>;
  let last: Duplex | undefined;
  let until = 0;
  return {
    ...transport,
    async dial(options) {
      if (performance.now() < until) throw new Error('There is no network in the tunnel');
      last = await transport.dial(options);
      return last;
    },
    enter(ms) {
      until = performance.now() + ms;
      last?.close(new Error('The train has entered a tunnel'));
    },
  };
}
