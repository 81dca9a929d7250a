import type { Duplex, Transport } from '@bjsonrpc/protocol';
import { type Claim, claimText, readAnswer } from './claim.js';
import { Timer } from './clock.js';
import { Controls } from './control.js';
import { Line } from './line.js';
import type { Settings } from './resumable-options.js';

/** How long, in milliseconds, it may take. */
const FAREWELL_MS = 5000;

/**
 * Tells the other side that the session was broken off, on a connection of its own: on the last one it could not be said
 * without all that waited there. One try; where it fails, the other side keeps the session for its time.
 */
export function sayFarewell(transport: Transport, { clock }: Settings, claim: Claim): void {
  const dialling = new AbortController();
  const timer = new Timer(clock);
  timer.start(() => dialling.abort(new Error('The farewell took too long')), FAREWELL_MS);
  const dial = async (): Promise<Duplex> =>
    await transport.dial({ signal: dialling.signal, timeoutMs: FAREWELL_MS });
  dial().then(
    (duplex) => {
      const line: Line = new Line(duplex, {
        onMessage: (text) => {
          if (readAnswer(text)?.kind === 'verdict') line.send(new Controls(claim.id).abort);
          leave();
        },
        onEnd: () => leave(),
        onClose: () => timer.stop(),
      });
      const leave = (error?: Error): void => {
        timer.stop();
        line.leave(error);
      };
      line.keepAlive(false);
      line.send(claimText(claim));
      timer.start(() => leave(new Error('The farewell took too long')), FAREWELL_MS);
    },
    () => timer.stop(),
  );
}
