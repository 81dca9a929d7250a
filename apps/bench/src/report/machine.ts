/** Where a run was made: without it the figures mean nothing. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem } from 'node:os';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  /** Versions of the libraries measured. */
  readonly libraries: Readonly<Record<string, string>>;
}

const libraries = [
  'vscode-jsonrpc',
  'json-rpc-2.0',
  'jayson',
  '@grpc/grpc-js',
  'rpc-websockets',
  'birpc',
  'capnweb',
  'ws',
];

export function describeMachine(): Machine {
  const [first] = cpus();
  return {
    processor: first?.model.trim() || 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${process.arch}, ${release()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    libraries: Object.fromEntries(libraries.map((name) => [name, versionOf(name)])),
  };
}

/** In a line. */
export function machineText({ processor, cores, memoryGiB, system, node }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}`;
}

/** The installed version. Not every package lets its package.json be imported, so it is looked for on disk. */
function versionOf(name: string): string {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    try {
      const { version } = JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8'));
      return version;
    } catch {
      // Not in this folder: the next one up may have it.
    }
  }
  return 'unknown';
}
