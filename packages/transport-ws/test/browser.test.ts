import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { until } from '@bjsonrpc/duplex-suite';
import { createServer, type Peer, type Server } from '@bjsonrpc/peer';
import type { Listener } from '@bjsonrpc/protocol';
import { ws } from '@bjsonrpc/transport-ws';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundleForBrowser } from './bundle.ts';
import { launchChromium } from './chromium.ts';
import type { PageApi } from './page/page.ts';
import { Room, TestApi } from './page/test-api.ts';

const source = `
  import { TestedPage } from './page/page.ts';
  globalThis.tested = new TestedPage();`;
const nothing = { pending: 0, running: 0, exported: 0, imported: 0 };

let browser: Browser;
let script: string;
let http: HttpServer;
let origin: string;
let room: Room;
let server: Server<PageApi>;
let bulk: Listener;
let bulkMessages: number;

beforeAll(async () => {
  ({ text: script } = await bundleForBrowser(source));
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  http = await serveThePage();
  origin = originOf(http);
  room = new Room();
  const own = { server: http, allowedOrigins: [origin] };
  server = await createServer<PageApi>(ws({ ...own, path: '/rpc' }), () => new TestApi(room));
  bulkMessages = 0;
  bulk = await ws({ ...own, path: '/bulk' }).listen((duplex) => {
    duplex.start({ onMessage: () => bulkMessages++, onClose() {} });
  });
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await until('the server has noticed', () => server.connections.size === 0);
  expect(room.closed).toBe(room.opened);
  expect(room.listeners.size).toBe(0);
  await server.close({ graceMs: 0 });
  await bulk.close();
  close(http);
});

test('two pages and a server call each other', async () => {
  const [ada, bob] = [await openPage('Ada'), await openPage('Bob')];
  expect(await Promise.all([ada, bob].map(({ page }) => page.evaluate(() => tested.add(2, 3))))).toEqual([
    5, 5,
  ]);
  expect(await Promise.all([ada, bob].map(({ peer }) => peer.call.title()))).toEqual(['Ada', 'Bob']);
  // Within a call of the server, the page calls the server.
  expect(await ada.peer.call.addThere(20, 3)).toBe(23);
  expect(await bob.page.evaluate(() => tested.values())).toBe('true 0 0,255 1180591620717411303424 2');
  expect(bob.peer.info).toEqual({
    transport: 'ws',
    remoteAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
  });
  await until('empty tables', () => [ada, bob].every(({ peer }) => isEmpty(peer)));
});

test('bytes of every kind go to a page and come from it, beside their messages', async () => {
  const { page, peer } = await openPage('Ada');
  const { bytesIn } = peer.stats;
  const length = 300_000;
  const outcome = await page.evaluate((length) => tested.bytes(length), length);
  expect(outcome).toEqual({
    buffer: true,
    array: true,
    blob: true,
    file: true,
    stream: true,
    received: true,
    'received stream': true,
    'received blob': true,
  });
  // Eight times as many, and not a third more, as base64 would be.
  expect(peer.stats.bytesIn - bytesIn).toBeLessThan(8 * length * 1.05);
  await until('empty tables', () => isEmpty(peer));
});

test('each holds objects of the other', async () => {
  const { page, peer } = await openPage('Ada');
  expect(await page.evaluate(() => tested.count())).toBe(1);
  expect(await page.evaluate(() => tested.count())).toBe(2);
  expect(peer.stats.exported).toBe(1);
  const shape = await peer.call.shape();
  expect([await shape.call.grow(), await shape.call.grow()]).toEqual([4, 5]);
  // A call on the promise of an object: one round trip for both.
  const promised = peer.call.shape();
  expect(await promised.call.grow()).toBe(4);
  for (const one of [shape, await promised]) one.close();
  await until('the shapes are let go of', () => peer.stats.imported === 0);
});

test('the server calls functions that pages gave it', async () => {
  const pages = [await openPage('Ada'), await openPage('Bob')];
  for (const { page } of pages) await page.evaluate(() => tested.listen());
  await pages[0]?.page.evaluate(() => tested.say('hello'));
  await pages[1]?.page.evaluate(() => tested.say('wörld'));
  for (const { page } of pages) expect(await page.evaluate(() => tested.heard)).toEqual(['hello', 'wörld']);
});

test('a page that reads slowly holds the producer back, and stops it by leaving', async () => {
  const { page, peer } = await openPage('Ada');
  const numbers = await page.evaluate(() => tested.readSlowly(100));
  expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => i));
  await until('the end of the stream', () => room.streamsEnded === 1);
  // Two windows of credit at most, and it had time for millions.
  expect(room.produced).toBeLessThan(100 + 3 * 64);
  await until('empty tables', () => isEmpty(peer));
});

test('a page is held back by a slow reader, too', async () => {
  const { page, peer } = await openPage('Ada');
  const { ahead, sum, produced } = await page.evaluate(() => tested.letRead(200));
  expect(sum).toBe((199 * 200) / 2);
  expect(Math.max(ahead, produced - 200)).toBeLessThan(3 * 64);
  await until('empty tables', () => isEmpty(peer));
});

test('a page that sends much waits for room, and nothing is lost', async () => {
  const { page } = await openPage('Ada');
  const highest = await page.evaluate(() => tested.sendMuch(300, 64 * 1024));
  expect(bulkMessages).toBe(300);
  expect(highest).toBeGreaterThan(1024 * 1024);
  expect(highest).toBeLessThan(4 * 1024 * 1024);
});

test('a page that is reloaded leaves nothing behind', async () => {
  const { page, peer } = await openPage('Ada');
  await page.evaluate(async () => {
    await tested.count();
    await tested.listen();
    await tested.startReading();
    void tested.forever();
  });
  const shape = await peer.call.shape();
  expect(peer.stats).toMatchObject({ exported: 1, imported: 2, running: 2 });
  let broken: Error | undefined;
  shape.onBroken((error) => {
    broken = error;
  });
  await page.reload();
  await peer.closed;
  expect(peer.stats).toMatchObject(nothing);
  expect(broken?.name).toBe('ConnectionClosedError');
  await until('the stream has ended', () => room.streamsEnded === 1);
  expect([room.closed, room.listeners.size, server.connections.size]).toEqual([1, 0, 0]);
  await opened(page);
  expect(await page.evaluate(() => tested.count())).toBe(1);
});

test('a page learns that its connection is gone', async () => {
  const { page, peer } = await openPage('Ada');
  const outcome = page.evaluate(() => tested.forever());
  await until('the call', () => peer.stats.running === 1);
  peer.abort();
  expect(await outcome).toMatch(/^ConnectionClosedError: .*closed by ws:.* with code 1011/);
});

test('a page of another origin is refused before there is a peer', async () => {
  const foreign = await serveThePage();
  const page = await browser.newPage();
  const printed: string[] = [];
  page.on('console', (message) => printed.push(message.text()));
  await page.goto(`${originOf(foreign)}/Eve`);
  const url = `${origin}/rpc`;
  expect(await page.evaluate((there) => tested.open(there), url)).toBe(
    `Error: Cannot connect to ${url.replace('http', 'ws')}: unreachable, or refused`,
  );
  // Only the console gets to know why.
  await until('the reason', () => printed.join().includes('Unexpected response code: 403'));
  expect([room.opened, server.connections.size]).toEqual([0, 0]);
  close(foreign);
});

/** A page that is connected, and the server's end of its connection. */
async function openPage(title: string): Promise<{ readonly page: Page; readonly peer: Peer<PageApi> }> {
  const page = await browser.newPage();
  await page.goto(`${origin}/${title}`);
  return { page, peer: await opened(page) };
}

async function opened(page: Page): Promise<Peer<PageApi>> {
  const before = new Set(server.connections);
  expect(await page.evaluate(() => tested.open())).toBe('open');
  await until('the connection', () => server.connections.size > before.size);
  const peer = [...server.connections].find((one) => !before.has(one));
  if (!peer) throw new Error('no connection was accepted');
  // Once each knows the other's greeting, all features are there.
  await peer.ping();
  return peer;
}

/** The page, under any name, which becomes its title. */
async function serveThePage(): Promise<HttpServer> {
  const serving = createHttpServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    const html = `<!doctype html><title>${request.url?.slice(1)}</title><script type="module" src="/page.js"></script>`;
    response.end(isScript ? script : html);
  });
  await new Promise<void>((resolve) => serving.listen(0, '127.0.0.1', resolve));
  return serving;
}

function originOf(serving: HttpServer): string {
  const address = serving.address();
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
}

function close(serving: HttpServer): void {
  serving.closeAllConnections();
  serving.close();
}

function isEmpty({ stats }: Peer<PageApi>): boolean {
  return Object.keys(nothing).every((table) => stats[table as keyof typeof nothing] === 0);
}
