/** Every suite, in the order in which a run goes through them. */
import type { Suite } from './harness/bench.js';
import { bytes } from './suites/bytes.js';
import { callbacks } from './suites/callbacks.js';
import { cold } from './suites/cold.js';
import { connections } from './suites/connections.js';
import { idle } from './suites/idle.js';
import { inFlight } from './suites/in-flight.js';
import { many } from './suites/many.js';
import { nats } from './suites/nats.js';
import { objects } from './suites/objects.js';
import { original } from './suites/original.js';
import { peers } from './suites/peers.js';
import { pipelining } from './suites/pipelining.js';
import { sessions } from './suites/sessions.js';
import { size } from './suites/size.js';
import { start } from './suites/start.js';
import { streams } from './suites/streams.js';
import { victim } from './suites/victim.js';
import { websocket } from './suites/websocket.js';
import { wire } from './suites/wire.js';

export const suites: readonly Suite[] = [
  original,
  peers,
  websocket,
  inFlight,
  wire,
  size,
  sessions,
  nats,
  connections,
  idle,
  many,
  objects,
  streams,
  bytes,
  callbacks,
  pipelining,
  start,
  cold,
  victim,
];
