import type { Transport } from '@bjsonrpc/protocol';
import { Dialler } from './dial.js';
import { listen } from './listen.js';
import { checkNatsOptions, type NatsOptions, natsLimits } from './nats-options.js';
import { openConnection } from './open-connection.js';
import { SharedWire } from './shared-wire.js';
import { Subjects } from './subjects.js';

/**
 * Messages over NATS: `createServer(nats({ servers, subject }), …)` on as many machines as there are, and
 * `connect(nats({ servers, subject }))` from anywhere. NATS draws an instance for each dial; the connection then is between
 * these two processes, and lives on while either side's connection of NATS comes and goes.
 *
 * All dials and listeners of one value share one connection of NATS, which is closed with the last of them.
 *
 * @throws TypeError for an option that there is not, that is missing, or of the wrong kind
 */
export function nats(options: NatsOptions): Transport {
  checkNatsOptions('nats', options);
  const { connection } = options;
  const shared = new SharedWire(async () => connection ?? openConnection(options), {
    isOurs: connection === undefined,
    maxWindowsBytes: natsLimits(options).maxWindowsBytes,
  });
  const subjects = new Subjects(options.subject);
  const dialler = new Dialler(options, { subjects, shared });
  return {
    name: 'nats',
    dial: (dialOptions) => dialler.dial(dialOptions),
    listen: (onDuplex, listenOptions = {}) =>
      listen(options, { subjects, shared }, { onDuplex, listenOptions }),
  };
}
