import {
  ByteDuplex,
  type ByteLimits,
  byteLimits,
  framingOf,
  InputBudget,
  refusalTeller,
} from '@bjsonrpc/byte-stream';
import type { Listener, ListenOptions, OnDuplex } from '@bjsonrpc/protocol';
import { Conversation } from './conversation.js';
import { Desk } from './desk.js';
import { answerDiscovery } from './discovery.js';
import { amountOf, line, readFrame } from './frames.js';
import type { NatsMessage } from './nats-connection.js';
import { type NatsOptions, natsLimits } from './nats-options.js';
import type { SharedWire } from './shared-wire.js';
import { Station } from './station.js';
import { inboxOf, isSubject, newToken, type Subjects } from './subjects.js';
import { Subscriptions } from './subscriptions.js';
import { Window } from './window.js';

/** Members of it get one dial each in turn. */
const GROUP = 'bjsonrpc';
const MAX_CONNECTIONS = 10_000;

/** One instance of a service, which takes dials until the listener closes. Rejects when NATS forbids to listen. */
export async function listen(
  options: NatsOptions,
  { subjects, shared }: { readonly subjects: Subjects; readonly shared: SharedWire },
  { onDuplex, listenOptions }: { readonly onDuplex: OnDuplex; readonly listenOptions: ListenOptions },
): Promise<Listener> {
  const { instance = newToken(), subject } = options;
  const prefixOf = inboxPrefixes(options);
  const desk = await Desk.open(shared, (wire, idle) => {
    const base = subjects.to(instance);
    const mayAnswer = (reply: string, key: string): boolean =>
      isSubject(reply) && reply.startsWith(prefixOf(options.users ? key.split('.')[0] : undefined));
    return { base, station: new Station({ wire, base, limits: natsLimits(options), mayAnswer, idle }) };
  });
  desk.dials++;
  const instanceOf = new Instance(options, { desk, instance, prefixOf, onDuplex, listenOptions });
  const subscriptions = new Subscriptions(desk.wire);
  const ofUser = options.users ? '*' : undefined;
  subscriptions.add(subjects.find(ofUser), (message) => instanceOf.find(message));
  subscriptions.add(subjects.at(instance, ofUser), (message) => instanceOf.dial(message));
  const group = subscriptions.add(subjects.dial(ofUser), (message) => instanceOf.dial(message), GROUP);
  instanceOf.onFull = (isFull) => (isFull ? group.leave() : group.join());
  if (options.discovery !== false) {
    const { version = '0.0.0' } = options;
    answerDiscovery(subscriptions, {
      subject,
      instance,
      version,
      stats: () => ({ requests: instanceOf.accepted, connections: desk.station.size }),
    });
  }
  const close = async (): Promise<void> => {
    if (!instanceOf.isOpen) return;
    instanceOf.isOpen = false;
    // Dials that are on their way are told to go elsewhere.
    await subscriptions.close();
    desk.dials--;
    desk.closeIfIdle();
  };
  await subscriptions.check().catch(async (error) => {
    await close();
    throw error;
  });
  return { address: { path: `${subject}#${instance}` }, close };
}

/** What a reply subject has to begin with, given who asks. */
function inboxPrefixes({ users, inboxPrefix }: NatsOptions): (user?: string) => string {
  if (users) return (user) => `${inboxPrefix ?? inboxOf()}.${user}.`;
  return () => `${inboxPrefix ?? inboxOf()}.`;
}

interface InstanceParts {
  readonly desk: Desk;
  readonly instance: string;
  readonly prefixOf: (user?: string) => string;
  readonly onDuplex: OnDuplex;
  readonly listenOptions: ListenOptions;
}

/** Takes dials. */
class Instance {
  readonly #options: NatsOptions;
  readonly #parts: InstanceParts;
  readonly #limits: ByteLimits;
  readonly #budget: InputBudget;
  readonly #refused: ReturnType<typeof refusalTeller>;
  isOpen = true;
  accepted = 0;
  onFull: (isFull: boolean) => void = () => {};

  constructor(options: NatsOptions, parts: InstanceParts) {
    this.#options = options;
    this.#parts = parts;
    this.#limits = byteLimits(options, parts.listenOptions.maxMessageBytes);
    this.#budget = new InputBudget(this.#limits.maxUnfinishedBytes);
    this.#refused = refusalTeller(parts.listenOptions.onRefused, 'nats');
  }

  find({ subject, reply }: NatsMessage): void {
    const { desk, instance, prefixOf } = this.#parts;
    if (!isSubject(reply) || !reply.startsWith(prefixOf(this.#userOf(subject))) || !this.#hasRoom) return;
    desk.station.publish(reply, line('I', instance));
  }

  dial({ subject, reply, data }: NatsMessage): void {
    const { desk, prefixOf, onDuplex } = this.#parts;
    const { station, wire } = desk;
    const user = this.#userOf(subject);
    const refuse = (why: string): void => this.#refused({ remoteAddress: reply, why });
    if (!isSubject(reply) || !reply.startsWith(prefixOf(user)))
      return refuse(`its inbox is not below ${prefixOf(user)}`);
    const frame = readFrame(data);
    const limit = amountOf(frame?.words[1]);
    if (frame?.kind !== 'Q' || frame.words[0] !== '1' || !(limit >= 0)) {
      station.publish(reply, line('N'));
      return refuse('it speaks another protocol');
    }
    if (!this.#hasRoom) {
      station.publish(reply, line('N'));
      return refuse(this.isOpen ? 'too many connections' : 'the listener has closed');
    }
    const at = [desk.base, user, newToken()].filter((word) => word !== undefined).join('.');
    const window = new Window(wire.budget, station.limits);
    const conversation = new Conversation({ ground: station, at, to: reply, window, limit });
    station.place(conversation);
    this.accepted++;
    conversation.once('close', () => {
      if (this.isOpen && this.#hasRoom) this.onFull(false);
    });
    if (!this.#hasRoom) this.onFull(true);
    station.publish(reply, line('H', at, window.bytes));
    const remote = reply;
    const duplex = new ByteDuplex({
      readable: conversation,
      writable: conversation,
      remote,
      framing: framingOf('lines'),
      limits: this.#limits,
      budget: this.#budget,
    });
    const principal = user === undefined ? {} : { principal: user };
    onDuplex(duplex, { transport: 'nats', remoteAddress: remote, ...principal });
  }

  get #hasRoom(): boolean {
    const { maxConnections = MAX_CONNECTIONS } = this.#options;
    return this.isOpen && this.#parts.desk.station.size < maxConnections;
  }

  /** With users, the subject ends in the name, and the server has seen to it that it is true. */
  #userOf(subject: string): string | undefined {
    return this.#options.users ? subject.slice(subject.lastIndexOf('.') + 1) : undefined;
  }
}
