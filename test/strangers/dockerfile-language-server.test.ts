import { connect, lsp } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import type { Diagnostics, LanguageServer } from './language-server.ts';
import { patiently } from './patience.ts';
import { fileOf, processes } from './processes.ts';

const started = processes();
const cli = fileOf('dockerfile-language-server-nodejs/bin/docker-langserver');
const uri = 'file:///tmp/Dockerfile';
const text = 'FROM node\nRUN npm ci \\\nnpm test\nMAINTAINER Zoë 😀\n';

test('a session: it is strict about headers, and counts bytes', async () => {
  const published: Diagnostics[] = [];
  const handler = new Map([
    ['textDocument/publishDiagnostics', (params: Diagnostics) => void published.push(params)],
  ]);
  const peer = await connect<LanguageServer>(started.node(cli, ['--stdio']), { dialect: lsp, handler });
  const { capabilities } = await peer.call.initialize({
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: { hover: { contentFormat: ['plaintext'] } } },
  });
  expect(capabilities).toMatchObject({ hoverProvider: true, documentFormattingProvider: true });
  peer.notify.initialized({});
  peer.notify['textDocument/didOpen']({
    textDocument: { uri, languageId: 'dockerfile', version: 1, text },
  });
  const textDocument = { uri };
  const hover = await peer.call['textDocument/hover']({ textDocument, position: { line: 0, character: 1 } });
  expect(JSON.stringify(hover?.contents)).toContain('`baseImage`');
  const edits = await peer.call['textDocument/formatting']({
    textDocument,
    options: { tabSize: 4, insertSpaces: true },
  });
  expect(edits).toEqual([
    { range: { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }, newText: '    ' },
  ]);
  await expect.poll(() => published.flatMap(({ diagnostics }) => diagnostics), patiently).not.toEqual([]);
  expect(published[0]?.diagnostics[0]?.message).toMatch(/MAINTAINER/);
  expect(await peer.call.shutdown()).toBe(null);
  peer.notify.exit();
  expect(await peer.closed).toEqual({ by: 'there', error: undefined });
});
