import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { exportedNames } from './exported-names.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(root + path, 'utf8');

/** What those who write transports, dialects and tests of them use stands in the architecture and in the sources. */
const forUsers = readdirSync(`${root}packages`).filter(
  (name) =>
    existsSync(`${root}packages/${name}/src/index.ts`) &&
    !['protocol', 'byte-stream', 'duplex-suite'].includes(name),
);

const documents = [
  'README.md',
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const words = new Set(documents.flatMap((path) => read(path).match(/[A-Za-z_]\w*/g) ?? []));

test.each(forUsers)('all the functions, classes and values that %s exports are in the documents', (name) => {
  const names = exportedNames(new URL(`../packages/${name}/src/index.ts`, import.meta.url))
    .split('\n')
    .filter((each) => !each.startsWith('type ')); // types are told of by the doc comments of what takes and gives them
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((each) => !words.has(each))).toEqual([]);
});
