import * as surface from '@bjsonrpc/transport-nats';
import { expect, test } from 'vitest';
import { exportedNames } from '../../../test/exported-names.ts';

test('the package exports exactly this', () => {
  const names = exportedNames(new URL('../src/index.ts', import.meta.url));
  const values = names.split('\n').filter((name) => !name.startsWith('type '));
  expect(Object.keys(surface).sort()).toEqual(values.sort());
  expect(names).toMatchInlineSnapshot(`
    "natsBroadcast
    nats
    type NatsConnection
    type NatsMessage
    type NatsStatus
    type NatsSubscribeOptions
    type NatsSubscription
    type NatsLogin
    type NatsOptions"
  `);
});
