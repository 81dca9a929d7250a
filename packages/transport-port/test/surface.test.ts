import * as surface from '@bjsonrpc/transport-port';
import { expect, test } from 'vitest';
import { exportedNames } from '../../../test/exported-names.ts';

test('the package exports exactly this', () => {
  const names = exportedNames(new URL('../src/index.ts', import.meta.url));
  const values = names.split('\n').filter((name) => !name.startsWith('type '));
  expect(Object.keys(surface).sort()).toEqual(values.sort());
  expect(names).toMatchInlineSnapshot(`
    "type PortTarget
    port
    type PortOptions"
  `);
});
