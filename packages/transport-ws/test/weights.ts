import type { Bundle } from './bundle.ts';

/** Parts below this are told as one. */
const SMALL_BYTES = 1000;

/** What is in a bundle, as a table: each package, and in it each folder or file of its sources, minified. */
export function weights({ modules, minifiedBytes, gzippedBytes }: Bundle): string {
  const packages = new Map<string, Map<string, number>>();
  for (const { path, bytes } of modules) {
    if (bytes === 0) continue; // only imports, or types
    const [, name = 'elsewhere', part = path] = /^packages\/([^/]+)\/src\/([^/]+\/?)/.exec(path) ?? [];
    const parts = packages.get(name) ?? new Map<string, number>();
    packages.set(name, parts.set(part, (parts.get(part) ?? 0) + bytes));
  }
  const rows: [string, number][] = [];
  for (const [name, parts] of largestFirst(packages, (of) => sum(of.values()))) {
    rows.push([name, sum(parts.values())]);
    const large = [...parts].filter(([, bytes]) => bytes >= SMALL_BYTES);
    const small = [...parts.values()].filter((bytes) => bytes < SMALL_BYTES);
    for (const [part, bytes] of largestFirst(large, (of) => of)) rows.push([`  ${part}`, bytes]);
    if (small.length > 0) rows.push([`  ${small.length} smaller`, sum(small)]);
  }
  rows.push(['all, minified', minifiedBytes], ['all, gzipped', gzippedBytes]);
  return rows.map(([what, bytes]) => `${what.padEnd(26)}${String(bytes).padStart(7)}`).join('\n');
}

function largestFirst<T>(parts: Iterable<[string, T]>, bytesOf: (part: T) => number): [string, T][] {
  return [...parts].sort(([, one], [, other]) => bytesOf(other) - bytesOf(one));
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}
