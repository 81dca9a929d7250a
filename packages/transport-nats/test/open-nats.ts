import type { OpenedPair, PairOptions } from '@bjsonrpc/duplex-suite';
import type { Duplex } from '@bjsonrpc/protocol';
import { nats } from '@bjsonrpc/transport-nats';
import type { NatsOptions } from '../src/nats-options.ts';

let services = 0;

/** A subject that nobody else has. */
export function newSubject(): string {
  return `test.s${++services}`;
}

/** Both ends of a new connection, each with a connection of NATS of its own. */
export async function openNats(
  options: Omit<NatsOptions, 'subject'>,
  { maxMessageBytes }: PairOptions = {},
  dialling: Omit<NatsOptions, 'subject'> = options,
): Promise<OpenedPair> {
  const subject = newSubject();
  const limit = maxMessageBytes === undefined ? {} : { maxMessageBytes };
  let accept = (_: Duplex): void => {};
  const accepted = new Promise<Duplex>((resolve) => {
    accept = resolve;
  });
  const listener = await nats({ ...options, subject }).listen(accept, limit);
  const a = await nats({ ...dialling, subject }).dial(limit);
  return { a, b: await accepted, close: () => listener.close() };
}
