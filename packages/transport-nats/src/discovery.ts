import { Buffer } from 'node:buffer';
import { dateNow } from '@bjsonrpc/byte-stream';
import type { NatsMessage } from './nats-connection.js';
import { isSubject } from './subjects.js';
import type { Subscriptions } from './subscriptions.js';

/** What is told of an instance. */
export interface Discovered {
  readonly subject: string;
  readonly instance: string;
  readonly version: string;
  readonly stats: () => { readonly requests: number; readonly connections: number };
}

/** Of the schema that tools of NATS (`nats micro list`) read. */
const TYPE = 'io.nats.micro.v1';

/**
 * Answers `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`, and each with the name, or name and instance, after it. What methods
 * there are, the service itself says (`$/describe`).
 */
export function answerDiscovery(subscriptions: Subscriptions, service: Discovered): void {
  const name = service.subject.replaceAll(/[^A-Za-z0-9_-]/g, '-');
  const about = {
    name,
    id: service.instance,
    version: service.version,
    metadata: { subject: service.subject },
  };
  const endpoint = { name: 'dial', subject: `${service.subject}.dial`, queue_group: 'bjsonrpc' };
  // biome-ignore lint/style/noRestrictedGlobals: it only spells the time
  const startedAt = new Date(dateNow()).toISOString();
  const bodies: Readonly<Record<string, () => object>> = {
    PING: () => ({ ...about, type: `${TYPE}.ping_response` }),
    INFO: () => ({
      ...about,
      type: `${TYPE}.info_response`,
      description: `bjsonrpc on ${service.subject}`,
      endpoints: [{ ...endpoint, metadata: {} }],
    }),
    STATS: () => {
      const { requests, connections } = service.stats();
      const numbers = {
        num_requests: requests,
        num_errors: 0,
        processing_time: 0,
        average_processing_time: 0,
      };
      const data = { connections };
      return {
        ...about,
        type: `${TYPE}.stats_response`,
        started: startedAt,
        endpoints: [{ ...endpoint, ...numbers, last_error: '', data }],
      };
    },
  };
  const answer = ({ subject, reply }: NatsMessage): void => {
    const verb = subject.split('.')[1] ?? '';
    const body = Object.hasOwn(bodies, verb) ? bodies[verb] : undefined;
    if (body !== undefined && isSubject(reply))
      subscriptions.publish(reply, Buffer.from(JSON.stringify(body())));
  };
  for (const subject of ['$SRV.*', `$SRV.*.${name}`, `$SRV.*.${name}.${service.instance}`])
    subscriptions.add(subject, answer);
}
