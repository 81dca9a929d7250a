import * as surface from '@bjsonrpc/resumable';
import { expect, test } from 'vitest';
import { exportedNames } from '../../../test/exported-names.ts';
import * as page from '../src/page.ts';

test('the package exports exactly this', () => {
  const names = exportedNames(new URL('../src/index.ts', import.meta.url));
  const values = names.split('\n').filter((name) => !name.startsWith('type '));
  expect(Object.keys(surface).sort()).toEqual(values.sort());
  expect(names).toMatchInlineSnapshot(`
    "type Clock
    resumable
    type FailedAttempt
    type ResumableOptions
    type SessionChange
    type LostReason
    SessionLostError
    platformWake"
  `);
});

test('pages get the same names', () => {
  expect(Object.keys(page).sort()).toEqual(Object.keys(surface).sort());
});

test('a page does not listen, and says so', async () => {
  const transport = {
    name: 'none',
    dial: () => Promise.reject(new Error('none')),
    listen: () => Promise.reject(),
  };
  await expect(page.resumable(transport).listen(() => {})).rejects.toThrow('a page only dials');
  await expect(page.resumable(transport).dial({})).rejects.toThrow('none');
});
