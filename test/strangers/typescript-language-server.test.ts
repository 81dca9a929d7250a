import { CancelledError, connect, lsp, type Peer, RpcError } from '@bjsonrpc/peer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Diagnostics, LanguageServer, Progress } from './language-server.ts';
import { patiently } from './patience.ts';
import { fileOf, processes } from './processes.ts';
import { project } from './project.ts';

const started = processes();
const text = `import { b, a } from './other';
export const answer: number = 'forty-two';
export function twice(n: number) { return 2 * n + a + b; }
twice(answer);
`;
const files = {
  'tsconfig.json':
    '{ "compilerOptions": { "strict": true, "types": [], "lib": ["es5"] }, "files": ["main.ts"] }',
  'main.ts': text,
  'other.ts': 'export const a = 1;\nexport const b = 2;\n',
};
const { uri, uriOf, path } = project(files);
const textDocument = { uri: uriOf('main.ts') };
const atTwice = { textDocument, position: { line: 2, character: 18 } };

/** What the server has told and asked, in order, by name. */
const heard: { readonly name: string; readonly params: unknown; readonly pending: number }[] = [];
const heardOf = (name: string): unknown[] =>
  heard.filter((event) => event.name === name).map(({ params }) => params);
const hears = (name: string, answer: unknown = null): readonly [string, (params: unknown) => unknown] => [
  name,
  (params) => {
    heard.push({ name, params, pending: peer.stats.pending });
    return answer;
  },
];
const handler = new Map([
  hears('window/logMessage'),
  hears('textDocument/publishDiagnostics'),
  hears('window/workDoneProgress/create'),
  hears('$/progress'),
  hears('$/typescriptVersion'),
  hears('workspace/configuration', [{ tabSize: 2 }]),
  hears('workspace/applyEdit', { applied: true }),
]);

let peer: Peer<LanguageServer>;
const errors: unknown[] = [];

beforeAll(async () => {
  const cli = fileOf('typescript-language-server/lib/cli.mjs');
  peer = await connect<LanguageServer>(started.node(cli, ['--stdio']), {
    dialect: lsp,
    handler,
    onError: (error) => errors.push(error),
  });
});
afterAll(() => peer.close());

test('initialize, initialized, didOpen, hover', { timeout: 60_000 }, async () => {
  const { capabilities } = await peer.call.initialize({
    processId: process.pid,
    rootUri: uri,
    capabilities: {
      window: { workDoneProgress: true },
      workspace: { configuration: true, applyEdit: true },
      textDocument: { publishDiagnostics: {} },
    },
    initializationOptions: { tsserver: { path: fileOf('typescript') } },
  });
  expect(capabilities.hoverProvider).toBe(true);
  peer.notify.initialized({});
  peer.notify['$/setTrace']({ value: 'off' });
  peer.notify['textDocument/didOpen']({
    textDocument: { ...textDocument, languageId: 'typescript', version: 1, text },
  });
  const hover = await peer.call['textDocument/hover'](atTwice);
  expect(JSON.stringify(hover?.contents)).toContain('function twice(n: number): number');
  expect(hover?.range?.start).toEqual({ line: 2, character: 16 });
  expect(await peer.call['textDocument/hover']({ textDocument, position: { line: 4, character: 0 } })).toBe(
    null,
  );
});

test('a request of the server, and its progress, while ours is open', () => {
  expect(heard.find(({ name }) => name === 'window/workDoneProgress/create')?.pending).toBeGreaterThan(0);
  const [created] = heardOf('window/workDoneProgress/create') as { token: string }[];
  const progress = heardOf('$/progress') as { token: string; value: Progress }[];
  expect(progress.map(({ token, value }) => [token, value.kind])).toEqual([
    [created?.token, 'begin'],
    [created?.token, 'end'],
  ]);
  expect(heardOf('workspace/configuration')[0]).toEqual({
    items: [{ scopeUri: textDocument.uri, section: 'formattingOptions' }],
  });
});

test('diagnostics', async () => {
  const found = (): Diagnostics['diagnostics'] =>
    (heardOf('textDocument/publishDiagnostics') as Diagnostics[]).flatMap(({ diagnostics }) => diagnostics);
  await expect.poll(() => found().map(({ code }) => code), patiently).toContain(2322);
  expect(found().find(({ code }) => code === 2322)?.message).toContain("'string' is not assignable");
});

test('a command that asks this side to apply an edit, and waits for the answer', async () => {
  const ran = await peer.call['workspace/executeCommand']({
    command: '_typescript.organizeImports',
    arguments: [`${path}/main.ts`, { skipDestructiveCodeActions: true }],
  });
  expect(ran).toBe(null);
  expect(JSON.stringify(heardOf('workspace/applyEdit'))).toContain("import { a, b } from './other';");
  expect(heard.findLast(({ name }) => name === 'workspace/applyEdit')?.pending).toBe(1);
});

test('errors, with their codes', async () => {
  const unknown = (peer as unknown as Peer<{ 'no/such'(): void }>).call['no/such']();
  await expect(unknown).rejects.toMatchObject({ code: -32601 });
  const failed = peer.call['workspace/executeCommand']({
    command: '_typescript.organizeImports',
    arguments: [],
  });
  await expect(failed).rejects.toBeInstanceOf(RpcError);
});

test('a call that is cancelled rejects at once, whatever the server then answers', async () => {
  const answers: unknown[] = [];
  const given = new AbortController();
  const cancelled = peer
    .with({ signal: given.signal })
    .call['textDocument/references']({ ...atTwice, context: { includeDeclaration: true } })
    .catch((error: unknown) => answers.push(error));
  const other = peer.call['textDocument/references']({ ...atTwice, context: { includeDeclaration: true } });
  given.abort();
  await cancelled;
  expect(answers[0]).toBeInstanceOf(CancelledError);
  expect(await other).toHaveLength(2);
  await expect.poll(() => peer.stats.stray, patiently).toBe(1); // in this dialect it is answered all the same
  expect(peer.stats.pending).toBe(0);
});

test('a call that wants to hear of its progress is answered as any other', async () => {
  const calling = peer.with({
    onProgress: (value) => heard.push({ name: 'own', params: value, pending: 0 }),
  });
  const definitions = await calling.call['textDocument/definition']({
    textDocument,
    position: { line: 3, character: 1 },
  });
  expect(definitions.map((definition) => definition.uri)).toEqual([textDocument.uri]);
});

test('200 calls in flight', async () => {
  const all = Array.from({ length: 200 }, () => peer.call['textDocument/hover'](atTwice));
  expect(new Set((await Promise.all(all)).map((hover) => JSON.stringify(hover))).size).toBe(1);
});

test('shutdown, exit: it ends by itself, with exit code 0, and nothing is left', async () => {
  started.look();
  expect(await peer.call.shutdown()).toBe(null);
  peer.notify.exit();
  expect(await peer.closed).toEqual({ by: 'there', error: undefined });
  await peer.close();
  expect(peer.stats).toMatchObject({ pending: 0, running: 0, exported: 0, imported: 0, invalid: 0 });
  expect(errors).toEqual([]);
});
