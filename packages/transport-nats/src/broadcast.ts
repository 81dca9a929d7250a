import { Buffer } from 'node:buffer';
import { byteLimits, decodeUtf8, refusalTeller } from '@bjsonrpc/byte-stream';
import type { Listener, Transport } from '@bjsonrpc/protocol';
import { checkNatsOptions, type NatsOptions, natsLimits } from './nats-options.js';
import { OneWay } from './one-way.js';
import { openConnection } from './open-connection.js';
import { SharedWire } from './shared-wire.js';
import { Subjects } from './subjects.js';
import { Subscriptions } from './subscriptions.js';

/**
 * One way, to all instances of a service at once, and at most once to each: `connect(natsBroadcast({ subject }), { extensions:
 * false })` notifies whoever listens with `createServer(natsBroadcast({ subject }), …, { extensions: false })`. There are no
 * answers, so only notifications make sense; who is away misses them, and none may be longer than a message of NATS.
 *
 * @throws TypeError for an option that there is not, that is missing, or of the wrong kind
 */
export function natsBroadcast(options: NatsOptions): Transport {
  checkNatsOptions('natsBroadcast', options);
  const { connection } = options;
  const shared = new SharedWire(async () => connection ?? openConnection(options), {
    isOurs: connection === undefined,
    maxWindowsBytes: natsLimits(options).maxWindowsBytes,
  });
  const subject = new Subjects(options.subject).all;
  return {
    name: 'nats-broadcast',
    dial: async () => {
      const wire = await shared.acquire();
      return new OneWay({
        say: (message) => {
          const data = Buffer.from(message);
          const maxBytes = wire.connection.info?.max_payload ?? 1024 * 1024;
          if (data.length > maxBytes)
            return new Error(
              `A message of a broadcast is longer than ${maxBytes} bytes, which NATS does not take`,
            );
          wire.publish(subject, data);
          return undefined;
        },
        ended: () => void shared.release(),
      });
    },
    listen: async (onDuplex, { maxMessageBytes, onRefused } = {}): Promise<Listener> => {
      const limits = byteLimits(options, maxMessageBytes);
      const refused = refusalTeller(onRefused, 'nats-broadcast');
      const wire = await shared.acquire();
      const subscriptions = new Subscriptions(wire);
      let isOpen = true;
      const close = async (): Promise<void> => {
        if (!isOpen) return;
        isOpen = false;
        await subscriptions.close();
        await shared.release();
      };
      const duplex = new OneWay({ say: () => undefined, ended: () => void close() });
      subscriptions.add(subject, ({ data }) => {
        const text = data.length > limits.maxMessageBytes ? undefined : decodeUtf8(data);
        if (text === undefined)
          refused({ why: `a broadcast was no text, or longer than ${limits.maxMessageBytes} bytes` });
        else duplex.heard(text);
      });
      await subscriptions.check().catch(async (error) => {
        await close();
        throw error;
      });
      onDuplex(duplex, { transport: 'nats-broadcast' });
      return { address: { path: subject }, close };
    },
  };
}
