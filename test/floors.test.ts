import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../packages/peer/src', import.meta.url));

/** The floors of the peer, as docs/architecture.md draws them: what stands in one line knows nothing of its neighbours. */
const floors: readonly (readonly string[])[] = [
  ['basics'],
  ['contract'],
  ['wire', 'references', 'publishing'],
  ['proxies', 'values'],
  ['outgoing', 'incoming'],
  ['options.ts'],
  ['life.ts'],
  ['connection.ts'],
  ['peer.ts'],
  ['connect.ts', 'server.ts', 'async-context.ts'],
  ['index.ts', 'lasting.ts', 'open-rpc.ts', 'testing.ts'],
];

function roomOf(file: string): string {
  return file.split('/')[0] as string;
}

function floorOf(file: string): number {
  return floors.findIndex((rooms) => rooms.includes(roomOf(file)));
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.d.ts'),
);

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/from '(\.[^']+)'/g)].map(([, path]) =>
    normalize(join(dirname(file), path as string)).replace(/\.js$/, '.ts'),
  );
}

test('every file of the peer stands on a floor', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => floorOf(file) === -1)).toEqual([]);
});

test('arrows go down only, types included, and never to a neighbour', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((other) => roomOf(other) !== roomOf(file) && floorOf(other) >= floorOf(file))
      .map((other) => `${file} imports ${other}`),
  );
  expect(wrong).toEqual([]);
});

test('no part knows the connection', () => {
  const knowing = files.filter(
    (file) => file !== 'connection.ts' && /\bConnection\b(?!Info)/.test(codeOf(file)),
  );
  expect(knowing).toEqual([]);
});

/** A file without its comments. */
function codeOf(file: string): string {
  return readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}
