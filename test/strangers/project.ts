import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll } from 'vitest';

/** A directory with a program in it, as a language server sees it. */
export interface Project {
  readonly path: string;
  readonly uri: string;
  uriOf(file: string): string;
}

/** To be called at the top of a test file; gone at its end. */
export function project(files: { readonly [name: string]: string }): Project {
  const path = mkdtempSync(join(tmpdir(), 'bjsonrpc-strangers-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    uri: pathToFileURL(path).href,
    uriOf: (file) => pathToFileURL(join(path, file)).href,
  };
}
