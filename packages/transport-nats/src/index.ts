/// <reference types="node" preserve="true" />
export { natsBroadcast } from './broadcast.js';
export { nats } from './nats.js';
export type {
  NatsConnection,
  NatsMessage,
  NatsStatus,
  NatsSubscribeOptions,
  NatsSubscription,
} from './nats-connection.js';
export type { NatsLogin, NatsOptions } from './nats-options.js';
