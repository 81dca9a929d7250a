import { readFileSync } from 'node:fs';
import { connect } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ServerHandler } from '../src/reference-handler.ts';
import { ensureBuilt, freePort, start } from './program.ts';

beforeAll(ensureBuilt, 120_000);

describe('the reference server', () => {
  test('says when it is ready, serves, and ends on SIGTERM after what runs', async () => {
    const port = await freePort();
    const program = start('reference-server.js', { args: ['--port', String(port)] });
    await program.printed('ready\n');
    expect(program.output).toContain(`127.0.0.1:${port}`);

    const peer = await connect<ServerHandler>(tcp({ port }));
    expect(await peer.call.add(2, 3)).toBe(5);
    const last = peer.call.slow(0.2, 'answered');
    await peer.call.ping();
    program.kill('SIGTERM');
    expect(await last).toBe('answered');
    expect(await program.exit).toBe(0);
    await peer.closed;
  });

  test.for([[], ['--plain']])('the reference client shows its session, %s', async (flags) => {
    const port = await freePort();
    const server = start('reference-server.js', { args: ['--port', String(port)] });
    await server.printed('ready\n');
    const client = start('reference-client.js', { args: ['--port', String(port), ...flags] });
    expect(await client.exit, client.output).toBe(0);
    expect(client.output).toContain('>:24: {"method":"ping","id":1}');
    expect(client.output).toMatch(/<:\d+: \{"id":2,"result":5,"error":null\}/);
    expect(client.output).toContain('ValueError: boom');
    expect(client.output.includes('$/hello')).toBe(flags.length === 0);
    server.kill('SIGINT');
    expect(await server.exit).toBe(0);
  });
});

describe('the tour', () => {
  test('runs through, shows the wire, and ends', async () => {
    const tour = start('tour.js');
    expect(await tour.exit, tour.output).toBe(0);
    const { output } = tour;
    expect(output).not.toContain('\u001b'); // colours are for terminals
    for (const text of [
      'peer.call.add(2, 3)',
      'a Peer',
      '>:38: {"params":[2,3],"method":"add","id":2}',
      '<:32: {"id":2,"result":5,"error":null}',
      '= 5',
      'a RemoteObject',
      '"account_',
      '! RangeError: a deposit must be positive',
      '= "Good morning, Ada!"',
      '"callable":true',
      '= ["1/3","2/3","3/3"]',
      '= [3,2,1]',
      '__delete__',
      'Goodbye: ',
      '$/bye',
    ]) {
      expect(output).toContain(text);
    }
  });
});

describe('the quick start', () => {
  test('prints what its comments say', async () => {
    const port = await freePort();
    const server = start('quick-start/server.js', { port });
    // Nothing is printed when it listens: try until it does.
    let client = start('quick-start/client.js', { port });
    for (let tries = 0; (await client.exit) !== 0 && tries < 20; tries++)
      client = start('quick-start/client.js', { port });
    expect(client.output).toBe('5\nhello Ada\n[ 1, 2 ]\n0\n1\n2\n[]\n');
    server.kill('SIGTERM');
    await server.exit;
  });

  test('is what the README shows', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const blocks = [...readme.matchAll(/```ts\n(\/\/ (server|client)\.ts\n[\s\S]*?)```/g)];
    expect(blocks.map(([, , name]) => name)).toEqual(['server', 'client']);
    for (const [, code, name] of blocks) {
      expect(code).toBe(readFileSync(new URL(`../src/quick-start/${name}.ts`, import.meta.url), 'utf8'));
    }
  });
});

describe('the server of the Model Context Protocol', () => {
  test('counts, for a program that starts it', async () => {
    const main = start('mcp/main.js');
    expect(await main.exit, main.output).toBe(0);
    const steps = [1, 2, 3].map((progress) => `{ progress: ${progress}, total: 3 }\n`);
    expect(main.output).toBe(`counter\n${steps.join('')}counted to 3\n`);
  });
});

describe('the program and its child', () => {
  test('print what their comments say, and end', async () => {
    const main = start('stdio/main.js');
    expect(await main.exit, main.output).toBe(0);
    expect(main.output).toBe('counting\n3\n');
  });

  test('are shown in the guide', () => {
    const guide = readFileSync(new URL('../../docs/guide.md', import.meta.url), 'utf8');
    for (const name of ['tool', 'main'])
      expect(guide).toContain(readFileSync(new URL(`../src/stdio/${name}.ts`, import.meta.url), 'utf8'));
  });
});

test('the pool shares work among its workers, who call a function of the main thread, and ends', async () => {
  const main = start('pool/main.js');
  expect(await main.exit, main.output).toBe(0);
  expect(main.output).toBe('7837 primes among 80000 numbers\n');
});
