import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';

const program = `
  import { connect, createServer } from '@bjsonrpc/peer';
  import { ws } from '@bjsonrpc/transport-ws';
  void (async () => {
    const server = await createServer(ws({ port: 0 }), () => ({ add: (a, b) => a + b }));
    const peer = await connect(ws({ port: server.address.port, use: 'ws' }));
    console.log(await peer.call.add(2, 3));
    await peer.close();
    await server.close();
  })();`;

// What esbuild wants for packages that are CommonJS, in a module.
const banner = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

test.each([
  ['cjs', ''],
  ['esm', banner],
] as const)('a server that was bundled as %s needs no ws package beside it', async (format, js) => {
  const folder = mkdtempSync(join(tmpdir(), 'bundled-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, format === 'cjs' ? 'server.cjs' : 'server.mjs');
  await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    platform: 'node',
    format,
    banner: { js },
    outfile,
    logLevel: 'silent',
  });
  expect(await promisify(execFile)(process.execPath, [outfile])).toEqual({ stdout: '5\n', stderr: '' });
});
