import type { Listener, ListenOptions, OnDuplex } from '@bjsonrpc/protocol';
import { Desk } from './desk.js';
import { answerDiscovery } from './discovery.js';
import { Instance } from './instance.js';
import { type NatsOptions, natsLimits } from './nats-options.js';
import type { SharedWire } from './shared-wire.js';
import { Station } from './station.js';
import { inboxOf, isSubject, newToken, type Subjects } from './subjects.js';
import { Subscriptions } from './subscriptions.js';

/** Members of it get one dial each in turn. */
const GROUP = 'bjsonrpc';

/** One instance of a service, which takes dials until the listener closes. Rejects when NATS forbids to listen. */
export async function listen(
  options: NatsOptions,
  { subjects, shared }: { readonly subjects: Subjects; readonly shared: SharedWire },
  { onDuplex, listenOptions }: { readonly onDuplex: OnDuplex; readonly listenOptions: ListenOptions },
): Promise<Listener> {
  const { instance: name = newToken(), subject } = options;
  const prefixOf = inboxPrefixes(options);
  const desk = await Desk.open(shared, (wire, idle) => {
    const base = subjects.to(name);
    const mayAnswer = (reply: string, key: string): boolean =>
      isSubject(reply) && reply.startsWith(prefixOf(options.users ? key.split('.')[0] : undefined));
    return { base, station: new Station({ wire, base, limits: natsLimits(options), mayAnswer, idle }) };
  });
  desk.dials++;
  const instance = new Instance(options, { desk, name, prefixOf, onDuplex, listenOptions });
  const watcher = { up: () => {}, denied: () => {}, closed: (error: Error) => instance.lost(error) };
  desk.wire.watch(watcher);
  const subscriptions = new Subscriptions(desk.wire);
  const ofUser = options.users ? '*' : undefined;
  subscriptions.add(subjects.find(ofUser), (message) => instance.find(message));
  subscriptions.add(subjects.at(name, ofUser), (message) => instance.dial(message));
  const group = subscriptions.add(subjects.dial(ofUser), (message) => instance.dial(message), GROUP);
  instance.onFull = (isFull) => (isFull ? group.leave() : group.join());
  if (options.discovery !== false) {
    const { version = '0.0.0' } = options;
    answerDiscovery(subscriptions, {
      subject,
      instance: name,
      version,
      stats: () => ({ requests: instance.accepted, connections: desk.station.size }),
    });
  }
  const close = async (): Promise<void> => {
    if (!instance.isOpen) return;
    instance.isOpen = false;
    desk.wire.unwatch(watcher);
    // Dials that are on their way are told to go elsewhere.
    await subscriptions.close();
    desk.dials--;
    desk.closeIfIdle();
  };
  await subscriptions.check().catch(async (error) => {
    await close();
    throw error;
  });
  return { address: { path: `${subject}#${name}` }, close };
}

/** What a reply subject has to begin with, given who asks. */
function inboxPrefixes({ users, inboxPrefix }: NatsOptions): (user?: string) => string {
  if (users) return (user) => `${inboxPrefix ?? inboxOf()}.${user}.`;
  return () => `${inboxPrefix ?? inboxOf()}.`;
}
