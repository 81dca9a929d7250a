import { match } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connect, lsp } from '@bjsonrpc/peer';
import { spawn } from '@bjsonrpc/transport-stdio';

const cli = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const directory = await mkdtemp(join(tmpdir(), 'bjsonrpc-'));
const text = 'export const answer = 42;\n';
await writeFile(join(directory, 'tsconfig.json'), '{ "compilerOptions": { "types": [], "lib": ["es5"] } }');
await writeFile(join(directory, 'main.ts'), text);
const rootUri = pathToFileURL(directory).href;
const uri = `${rootUri}/main.ts`;
const languageId = 'typescript';
const position = { line: 0, character: 14 };
const options = { framing: 'content-length', stderr: 'ignore' } as const;
const show = (_params: unknown): void => {};

// #region the methods of a language server
interface LanguageServer {
  initialize(params: object): { capabilities: object };
  initialized(params: object): void;
  'textDocument/didOpen'(params: object): void;
  'textDocument/hover'(params: object): { contents: { value: string } } | null;
  shutdown(): null;
  exit(): void;
}
// #endregion

// #region language server
const program = spawn(process.execPath, [cli, '--lsp', '--stdio'], options); // framing: 'content-length'
const handler = new Map([['textDocument/publishDiagnostics', show]]); // what the server may call
await using server = await connect<LanguageServer>(program, { dialect: lsp, handler });
await server.call.initialize({ processId: process.pid, rootUri, capabilities: {} });
server.notify.initialized({});
server.notify['textDocument/didOpen']({ textDocument: { uri, languageId, version: 1, text } });
const hover = await server.call['textDocument/hover']({ textDocument: { uri }, position });
console.log(hover?.contents.value); // const answer: 42
await server.call.shutdown();
server.notify.exit();
// #endregion

match(hover?.contents.value ?? '', /const answer: 42/);
await server.close();
await rm(directory, { recursive: true });
