import { fileURLToPath } from 'node:url';
import { CancelledError, connect, lsp, type Peer } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import type { Diagnostics, LanguageServer } from './language-server.ts';
import { patiently } from './patience.ts';
import { processes } from './processes.ts';
import { project } from './project.ts';

const started = processes();
const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const text = `export const answer: number = 'forty-two';
export function twice(n: number) { return 2 * n; }
twice(answer);
`;
const { uri, uriOf } = project({
  'tsconfig.json': '{ "compilerOptions": { "types": [], "lib": ["es5"] }, "files": ["main.ts"] }',
  'main.ts': text,
});
const textDocument = { uri: uriOf('main.ts') };
const at = { textDocument, position: { line: 1, character: 18 } };

interface Server {
  readonly peer: Peer<LanguageServer>;
  /** What it has asked of this side, and how many calls of this side were open then. */
  readonly asked: { readonly name: string; readonly pending: number }[];
  readonly errors: unknown[];
}

async function start(): Promise<Server> {
  const asked: Server['asked'] = [];
  const errors: unknown[] = [];
  const hears = (name: string, answer: unknown = null) =>
    [name, () => asked.push({ name, pending: peer.stats.pending }) && answer] as const;
  const handler = new Map([
    hears('window/logMessage'),
    hears('textDocument/publishDiagnostics'),
    hears('client/registerCapability'),
    hears('window/workDoneProgress/create'),
    hears('$/progress'),
    hears('workspace/configuration', [null, null, null, null]),
    hears('workspace/diagnostic/refresh'),
  ]);
  const transport = started.node(compiler, ['--lsp', '--stdio']);
  const peer = await connect<LanguageServer>(transport, {
    dialect: lsp,
    handler,
    onError: (error) => errors.push(error),
  });
  return { peer, asked, errors };
}

async function open({ peer }: Server): Promise<void> {
  await peer.call.initialize({
    processId: process.pid,
    rootUri: uri,
    capabilities: {
      window: { workDoneProgress: true },
      workspace: {
        configuration: true,
        didChangeConfiguration: { dynamicRegistration: true },
        didChangeWatchedFiles: { dynamicRegistration: true },
      },
      textDocument: { diagnostic: {} },
    },
  });
  peer.notify.initialized({});
  peer.notify['textDocument/didOpen']({
    textDocument: { ...textDocument, languageId: 'typescript', version: 1, text },
  });
}

test('a session in the order of the protocol: our close is clean, though it ends with exit code 1', async () => {
  const server = await start();
  const { peer, asked, errors } = server;
  await open(server);
  const hover = await peer.call['textDocument/hover'](at);
  expect(JSON.stringify(hover?.contents)).toContain('function twice(n: number): number');
  const { items } = await peer.call['textDocument/diagnostic']({ textDocument });
  expect((items as Diagnostics['diagnostics']).map(({ code }) => code)).toEqual([2322]);
  await expect.poll(() => asked.map(({ name }) => name), patiently).toContain('client/registerCapability');
  expect(asked.map(({ name }) => name)).toContain('workspace/configuration');
  expect(asked.some(({ pending }) => pending > 0)).toBe(true);

  const given = new AbortController();
  const cancelled = peer
    .with({ signal: given.signal })
    .call['textDocument/references']({ ...at, context: { includeDeclaration: true } });
  given.abort();
  await expect(cancelled).rejects.toBeInstanceOf(CancelledError);

  const unknown = (peer as unknown as Peer<{ 'no/such'(params: object): void }>).call['no/such']({});
  await expect(unknown).rejects.toMatchObject({ code: -32600 });

  expect(await peer.call.shutdown()).toBe(null);
  peer.notify.exit();
  await peer.close();
  expect(await peer.closed).toEqual({ by: 'here', error: undefined });
  expect(peer.stats).toMatchObject({ pending: 0, running: 0, invalid: 0 });
  expect(errors).toEqual([]);
});

test('whoever waits for it to end by itself is told its exit code', async () => {
  const server = await start();
  await open(server);
  await server.peer.call.shutdown();
  server.peer.notify.exit();
  const { by, error } = await server.peer.closed;
  expect(by).toBe('there');
  expect(error).toMatchObject({ exitCode: 1 });
});

test('closed without a goodbye, in the middle of calls: they fail, and nothing is left', async () => {
  const server = await start();
  await open(server);
  const calls = Array.from({ length: 20 }, () => server.peer.call['workspace/symbol']({ query: 't' }));
  const outcomes = Promise.allSettled(calls);
  await server.peer.close({ graceMs: 0 });
  expect((await outcomes).every(({ status }) => status === 'rejected')).toBe(true);
  expect(server.peer.stats).toMatchObject({ pending: 0, running: 0 });
});
