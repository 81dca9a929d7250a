import type { Transport } from '@bjsonrpc/protocol';
import { Acceptor } from './acceptor.js';
import { Dialler } from './dialler.js';
import { type ResumableOptions, settingsOf } from './resumable-options.js';

/**
 * A transport whose connections are sessions: when one is lost, the dialling side comes back on another, and both go on where
 * they were, every message handed over once and in order. The other side needs the same around its transport; with one that
 * has not, connections are what they were. Section 15 of the protocol.
 *
 *     await connect(resumable(tcp()));
 *
 * A session that is gone for good closes with a {@link SessionLostError}.
 *
 * @throws TypeError for an option that there is not, or of the wrong kind
 */
export function resumable(transport: Transport, options: ResumableOptions = {}): Transport {
  const settings = settingsOf(options);
  return {
    name: transport.name,
    dial: (dialOptions) => Dialler.dial(transport, settings, dialOptions),
    async listen(onDuplex, listenOptions) {
      const acceptor = new Acceptor(settings, onDuplex, listenOptions);
      const listener = await transport.listen((duplex, info) => acceptor.accept(duplex, info), listenOptions);
      return {
        address: listener.address,
        ref: () => listener.ref?.(),
        unref: () => listener.unref?.(),
        close() {
          acceptor.close();
          return listener.close();
        },
      };
    },
  };
}
