import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';

const example = new URL('../../', import.meta.url);
const packages = new URL('../../packages/', example);

/** The little that a page needs, and nothing beside it. */
const places: readonly (readonly [path: RegExp, directory: URL])[] = [
  [/^\/(index\.html|todo\.html|style\.css|icon\.svg)$/, new URL('public/', example)],
  [/^\/page\/([\w-]+\.js)$/, new URL('dist/page/', example)],
  [/^\/packages\/((?:peer|protocol|resumable|transport-ws)\/dist\/(?:[\w-]+\/)*[\w-]+\.js)$/, packages],
];

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Answers with a file: the page, its scripts, or those of the packages, as the project's own build left them. */
export async function serveFile({ url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = url === '/' ? '/index.html' : url;
  for (const [pattern, directory] of places) {
    const name = pattern.exec(path)?.[1];
    if (name === undefined) continue;
    const content = await readFile(new URL(name, directory)).catch(() => undefined);
    if (content === undefined) break;
    const type = types[name.slice(name.lastIndexOf('.') + 1)] ?? 'text/plain';
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(content);
    return;
  }
  response.writeHead(404, { 'content-type': 'text/plain' }).end('There is nothing here.\n');
}
