import { Probe, until } from '@bjsonrpc/duplex-suite';
import { type WsOptions, ws } from '@bjsonrpc/transport-ws';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { dialPlatform } from '../src/platform-dial.ts';
import { WsDuplex } from '../src/ws-duplex.ts';
import { likeTheBrowsers, listening } from './open-ws.ts';

/** What Node 20 has not. */
const global = globalThis as { WebSocket?: unknown };
const original = global.WebSocket;
let bare: WebSocketServer | undefined;

afterEach(() => {
  if (original === undefined) delete global.WebSocket;
  else global.WebSocket = original;
  for (const client of bare?.clients ?? []) client.terminate();
  bare?.close();
});

/** A started end over the platform's WebSocket, and a bare server's end. */
async function openBare(
  options: WsOptions = {},
): Promise<{ end: Probe; server: WebSocket; codes: number[] }> {
  const listener = (bare = new WebSocketServer({ port: 0, host: '127.0.0.1' }));
  await new Promise((resolve) => listener.once('listening', resolve));
  const accepted = new Promise<WebSocket>((resolve) => listener.once('connection', resolve));
  const address = listener.address();
  const url = `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const end = new Probe(await dialPlatform({ ...options, url }, {}, likeTheBrowsers)).start();
  const server = await accepted;
  const codes: number[] = [];
  server.on('close', (code) => codes.push(code));
  return { end, server, codes };
}

describe('what comes in', () => {
  test('text in binary frames is read', async () => {
    const { end, server } = await openBare();
    for (const binary of [false, true]) server.send(Buffer.from('["é€😀"]'), { binary });
    await until('the messages', () => end.messages.length === 2);
    expect(end.messages).toEqual(['["é€😀"]', '["é€😀"]']);
  });

  test.for([
    ['is not UTF-8', Buffer.from([0xc3]), 'A message is not valid UTF-8'],
    ['is too long', Buffer.alloc(1001, 0x20), 'A message is longer than 1000 bytes'],
  ] as const)('what %s ends the connection', async ([, data, why]) => {
    const { end, server, codes } = await openBare({ maxMessageBytes: 1000 });
    server.send('[1]');
    server.send(data);
    server.send('[3]');
    await until('the close', () => end.isClosed && codes.length === 1);
    expect(end.messages).toEqual(['[1]']);
    expect(end.closes).toEqual([{ error: Object.assign(new Error(why), { isFault: true }) }]);
    expect(codes).toEqual([4000]);
  });
});

describe('the end', () => {
  test.for([1000, 1001, 1005])('is clean with code %i', async (code) => {
    const { end, server } = await openBare();
    server.close(code === 1005 ? undefined : code);
    await until('the close', () => end.isClosed);
    expect(end.closes).toEqual([{ error: undefined }]);
  });

  test('is an error with any other, which says why', async () => {
    const { end, server } = await openBare();
    server.close(1013, 'come back later');
    await until('the close', () => end.isClosed);
    expect(end.closes[0]?.error?.message).toMatch(
      /^The connection was closed by ws:.* with code 1013: come back later$/,
    );
  });

  test('is an error without one', async () => {
    const { end, server } = await openBare();
    server.terminate();
    await until('the close', () => end.isClosed);
    expect(end.closes[0]?.error?.message).toMatch(/^The connection to ws:.* broke$/);
  });

  test('is not waited for longer than closeTimeoutMs when nobody answers a goodbye', async () => {
    const { end, server } = await openBare({ closeTimeoutMs: 50 });
    server.pause();
    end.send('["last"]');
    end.close();
    await until('the close', () => end.isClosed, 3000);
    expect(end.closes).toEqual([{ error: undefined }]);
  });
});

describe('Node dials', () => {
  test("with the platform's WebSocket where there is one, unless told otherwise", async () => {
    const { listener, url, accepted } = await listening();
    const isPlatform = async (options: WsOptions): Promise<boolean> => {
      const duplex = await ws({ ...options, url }).dial({});
      const other = (await accepted()).duplex;
      for (const end of [duplex, other]) end.close(new Error('done'));
      return !(duplex instanceof WsDuplex);
    };
    global.WebSocket = WebSocket;
    expect(await isPlatform({})).toBe(true);
    expect(await isPlatform({ use: 'ws' })).toBe(false);
    expect(await isPlatform({ headers: { cookie: 'a=b' } })).toBe(false);
    delete global.WebSocket;
    expect(await isPlatform({})).toBe(false);
    await expect(isPlatform({ use: 'platform' })).rejects.toThrow('no WebSocket');
    await listener.close();
  });
});
