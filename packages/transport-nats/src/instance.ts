import {
  ByteDuplex,
  type ByteLimits,
  byteLimits,
  framingOf,
  InputBudget,
  refusalTeller,
} from '@bjsonrpc/byte-stream';
import type { ListenOptions, OnDuplex } from '@bjsonrpc/protocol';
import { Conversation } from './conversation.js';
import type { Desk } from './desk.js';
import { amountOf, line, readFrame } from './frames.js';
import type { NatsMessage } from './nats-connection.js';
import type { NatsOptions } from './nats-options.js';
import { isSubject, newToken } from './subjects.js';
import { Window } from './window.js';

const MAX_CONNECTIONS = 10_000;
const MAX_CONNECTIONS_PER_USER = 1000;

/** What an instance takes its dials with. */
export interface InstanceParts {
  readonly desk: Desk;
  readonly name: string;
  readonly prefixOf: (user?: string) => string;
  readonly onDuplex: OnDuplex;
  readonly listenOptions: ListenOptions;
}

/** Takes dials, as long as it has room. */
export class Instance {
  readonly #options: NatsOptions;
  readonly #parts: InstanceParts;
  readonly #limits: ByteLimits;
  readonly #budget: InputBudget;
  readonly #refused: ReturnType<typeof refusalTeller>;
  readonly #perUser = new Map<string, number>();
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

  /** The connection of NATS is closed for good: nobody can dial any more. */
  lost(error: Error): void {
    if (this.isOpen)
      this.#refused({ why: `nobody can reach this listener any more: ${error.message}`, cause: error });
  }

  find({ subject, reply }: NatsMessage): void {
    const { desk, name, prefixOf } = this.#parts;
    if (!isSubject(reply) || !reply.startsWith(prefixOf(this.#userOf(subject))) || !this.#hasRoom) return;
    desk.station.publish(reply, line('I', name));
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
    const { maxConnectionsPerUser = MAX_CONNECTIONS_PER_USER } = this.#options;
    const ofUser = user === undefined ? 0 : (this.#perUser.get(user) ?? 0);
    if (ofUser >= maxConnectionsPerUser) {
      station.publish(reply, line('N'));
      return refuse('too many connections of this user');
    }
    const at = [desk.base, user, newToken()].filter((word) => word !== undefined).join('.');
    const window = new Window(wire.budget, station.limits);
    const conversation = new Conversation({ ground: station, at, to: reply, window, limit });
    station.place(conversation);
    this.accepted++;
    if (user !== undefined) this.#perUser.set(user, ofUser + 1);
    conversation.once('close', () => {
      if (user !== undefined) this.#left(user);
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

  #left(user: string): void {
    const left = (this.#perUser.get(user) ?? 0) - 1;
    if (left > 0) this.#perUser.set(user, left);
    else this.#perUser.delete(user);
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
