/** What pages load: they dial, and accept nobody. */
import type { Transport } from '@bjsonrpc/protocol';
import { Dialler } from './dialler.js';
import { type ResumableOptions, settingsOf } from './resumable-options.js';

export type { Clock } from './clock.js';
export type { FailedAttempt, ResumableOptions, SessionChange } from './resumable-options.js';
export { type LostReason, SessionLostError } from './session-lost-error.js';
export { platformWake } from './wake.js';

/** The same as for Node, but that it only dials. */
export function resumable(transport: Transport, options: ResumableOptions = {}): Transport {
  const settings = settingsOf(options);
  return {
    name: transport.name,
    dial: (dialOptions) => Dialler.dial(transport, settings, dialOptions),
    listen: async () => {
      throw new Error('Cannot listen for sessions: a page only dials');
    },
  };
}
