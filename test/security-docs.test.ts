import { readFileSync } from 'node:fs';
import { byteLimits, CROWD_LIMITS } from '@bjsonrpc/byte-stream';
import { type BuiltinName, Codec, defaultLimits } from '@bjsonrpc/protocol';
import { expect, test } from 'vitest';

const read = (file: string): string => readFileSync(new URL(`../docs/${file}`, import.meta.url), 'utf8');

/** The default that a table gives for each limit. */
function limitsIn(text: string): { [name: string]: number } {
  const rows = text.matchAll(/^\| `(max\w+)` +\| ([\d,]+)( MiB)? +\|/gm);
  const limits: { [name: string]: number } = {};
  for (const [, name = '', digits = '', mib] of rows)
    limits[name] ??= Number(digits.replaceAll(',', '')) * (mib ? 2 ** 20 : 1);
  return limits;
}

test.each(['security.md', 'api.md', 'protocol.md'])(
  '%s gives the defaults of the limits as they are',
  (file) => {
    const told = limitsIn(read(file));
    expect(defaultLimits).toMatchObject(
      Object.fromEntries(Object.entries(told).filter(([name]) => Object.hasOwn(defaultLimits, name))),
    );
    expect(told).toHaveProperty('maxNodes');
  },
);

test('every limit, and every class that can be done without, stands in security.md', () => {
  const text = read('security.md');
  expect(limitsIn(text)).toMatchObject(defaultLimits);
  const classes: readonly BuiltinName[] = ['Date', 'Bytes', 'Map', 'Set', 'URL', 'RegExp', 'Error', 'BigInt'];
  expect(() => new Codec({ without: classes })).not.toThrow();
  for (const name of classes) expect(text).toMatch(new RegExp(`^\\|.*\`${name}\`.*\\|`, 'm'));
});

test('every limit of a connection over bytes stands in security.md, with its default', () => {
  const text = read('security.md');
  for (const [name, value] of Object.entries({ ...byteLimits({}), ...CROWD_LIMITS })) {
    const [, digits = '', mib] =
      new RegExp(`^\\| \`${name}\` +\\| ([\\d,]+)( MiB)? +\\|`, 'm').exec(
        text.slice(text.indexOf('Options of the transports')),
      ) ?? [];
    expect(Number(digits.replaceAll(',', '')) * (mib ? 2 ** 20 : 1), name).toBe(value);
  }
});
