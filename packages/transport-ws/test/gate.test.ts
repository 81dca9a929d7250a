import { createServer, type Server } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import { connect, createServer as createPeers, currentCall, Handler } from '@bjsonrpc/peer';
import { type UpgradeRequest, type WsOptions, ws } from '@bjsonrpc/transport-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { handshake } from './handshake.ts';
import { listening } from './open-ws.ts';

async function open(options: WsOptions = {}): Promise<Awaited<ReturnType<typeof listening>>> {
  const opened = await listening(options);
  onTestFinished(async () => {
    for (const { duplex } of opened.waiting) duplex.close(new Error('The test is over'));
    await opened.listener.close();
  });
  return opened;
}

async function httpServer(): Promise<{ server: Server; port: number }> {
  const server = createServer((_request, response) => response.end('a page'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { server, port: address !== null && typeof address === 'object' ? address.port : 0 };
}

describe('the origin', () => {
  const table: readonly [origin: string, status: number][] = [
    ['https://app.example.com', 101],
    ['https://app.example.com:443', 403],
    ['https://app.example.com.evil.test', 403],
    ['https://evil.test', 403],
    ['http://app.example.com', 403],
    ['HTTPS://APP.EXAMPLE.COM', 403],
    ['https://app.example.com/', 403],
    ['https://app.example.com, https://evil.test', 403],
    ['null', 403],
    ['', 403],
    ['*', 403],
  ];
  test.for(table)(
    '%s gets %i from a server that allows https://app.example.com',
    async ([origin, status]) => {
      const { url, waiting } = await open({ allowedOrigins: ['https://app.example.com'] });
      const { socket, ...answer } = await handshake(url, { origin });
      expect(answer).toEqual({ status, text: status === 101 ? '' : 'this origin is not allowed' });
      expect(waiting.length).toBe(status === 101 ? 1 : 0);
      socket.destroy();
    },
  );

  test('of a page of the server itself is allowed without being listed, by whatever name it was called', async () => {
    const { url } = await open();
    const { port } = new URL(url);
    const table: readonly [host: string, origin: string, status: number][] = [
      [`127.0.0.1:${port}`, `http://127.0.0.1:${port}`, 101],
      [`localhost:${port}`, `http://localhost:${port}`, 101],
      [`LOCALHOST:${port}`, `http://localhost:${port}`, 101],
      [`localhost.:${port}`, `http://localhost.:${port}`, 101],
      [`[::1]:${port}`, `http://[::1]:${port}`, 101],
      // Behind a proxy that ends TLS.
      ['localhost', 'https://localhost', 101],
      ['localhost:443', 'https://localhost', 101],
      ['localhost:80', 'http://localhost', 101],
      [`localhost:${port}`, 'http://localhost:1', 403],
      [`localhost:${port}`, 'http://localhost', 403],
      ['localhost:443', 'http://localhost', 403],
      [`localhost:${port}`, `http://127.0.0.1:${port}`, 403],
      [`localhost:${port}`, `ftp://localhost:${port}`, 403],
      [`localhost:${port}`, `http://localhost:${port}/`, 403],
      [`localhost:${port}`, `http://a@localhost:${port}`, 403],
      [`localhost:${port}`, `HTTP://LOCALHOST:${port}`, 403],
      [`localhost:${port}`, 'null', 403],
      // The page of a name that was made to point here is stopped by the name, not by its origin.
      [`evil.test:${port}`, `http://evil.test:${port}`, 403],
    ];
    for (const [host, origin, status] of table) {
      const answer = await handshake(url, { host, origin });
      expect([host, origin, answer.status]).toEqual([host, origin, status]);
      answer.socket.destroy();
    }
  });

  test('is judged in an old draft, too, and null is nobody even if listed', async () => {
    const { url, waiting } = await open({ allowedOrigins: ['null'] });
    const draft = { 'sec-websocket-version': '8', 'sec-websocket-origin': 'https://evil.test' };
    expect((await handshake(url, draft)).status).toBe(403);
    expect((await handshake(url, { origin: 'null' })).status).toBe(403);
    expect(waiting).toEqual([]);
  });
});

describe('the host name', () => {
  const byDefault: readonly [host: string, status: number][] = [
    ['localhost', 101],
    ['localhost:1', 101],
    ['LocalHost:8080', 101],
    ['localhost.', 101],
    ['localhost:', 101],
    ['127.0.0.1.', 101],
    ['[0:0:0:0:0:0:0:1]', 101],
    ['127.0.0.1', 101],
    ['[::1]:80', 101],
    ['evil.test', 403],
    ['evil.test:80', 403],
    ['localhost.evil.test', 403],
    ['127.0.0.1.evil.test', 403],
    ['evil.test#localhost', 403],
    ['localhost:80:80', 403],
    ['a@localhost', 403],
    ['localhost/x', 403],
    ['0.0.0.0', 403],
    ['192.168.1.1', 403],
  ];
  test.for(byDefault)('%s gets %i by default', async ([host, status]) => {
    const { url } = await open();
    const { socket, ...answer } = await handshake(url, { host });
    expect(answer).toEqual({ status, text: status === 101 ? '' : 'this host name is not allowed' });
    socket.destroy();
  });

  const listed: readonly [host: string, status: number][] = [
    ['api.example.com', 101],
    ['api.example.com:8443', 101],
    ['other.example.com:8443', 101],
    ['other.example.com', 403],
    ['localhost', 403],
  ];
  test.for(listed)('%s gets %i from a server with other names', async ([host, status]) => {
    const { url } = await open({ allowedHosts: ['API.example.com', 'other.example.com:8443'] });
    const { socket, ...answer } = await handshake(url, { host });
    expect(answer.status).toBe(status);
    socket.destroy();
  });

  test.for(['0.0.0.0', '::'])(
    'of a server on %s may be any address of this machine, and its own URL can be dialled',
    async (host) => {
      const { url, listener, accepted } = await open({ host });
      expect(listener.address.host).toBe(host);
      const own = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
      for (const name of ['localhost', host, ...own.map(({ address }) => address)]) {
        const answer = await handshake(url, { host: name.includes(':') ? `[${name}]` : name });
        expect([name, answer.status]).toEqual([name, 101]);
        answer.socket.destroy();
      }
      for (const name of ['evil.test', '192.0.2.1', '[2001:db8::1]']) {
        expect([name, (await handshake(url, { host: name })).status]).toEqual([name, 403]);
      }
      const a = await ws(url).dial({});
      for (const end of [a, (await accepted()).duplex]) end.close(new Error('done'));
    },
  );

  test.for(['::1', 'localhost', '127.0.0.2'])('a server on %s accepts its own address', async (host) => {
    const { url } = await open({ host });
    const { status, socket } = await handshake(url);
    expect(status).toBe(101);
    socket.destroy();
  });
});

describe('authentication', () => {
  const table: readonly [name: string, gives: () => unknown, status: number][] = [
    ['a principal', () => ({ user: 'ada' }), 101],
    ['a promise of one', async () => 'ada', 101],
    ['nothing', () => undefined, 401],
    ['null', () => null, 401],
    ['a promise of nothing', async () => undefined, 401],
    ['an error', () => Promise.reject(new Error('the database is at 10.0.0.7')), 401],
    [
      'a thrown error',
      () => {
        throw new Error('the password is wrong');
      },
      401,
    ],
    ['false', () => false, 403],
  ];
  test.for(table)('%s', async ([, gives, status]) => {
    const { url, waiting } = await open({ authenticate: gives });
    const { socket, ...answer } = await handshake(url);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/database|password/);
    expect(waiting.map(({ info }) => info.principal)).toEqual(status === 101 ? [await gives()] : []);
    socket.destroy();
  });

  test('that takes too long is given up', async () => {
    const { url, waiting } = await open({
      authenticate: () => new Promise(() => {}),
      handshakeTimeoutMs: 50,
    });
    const { status, text } = await handshake(url);
    expect([status, text]).toEqual([503, 'authentication took too long']);
    expect(waiting).toEqual([]);
  });

  test('is not asked about those whom the headers already keep out', async () => {
    let asked = 0;
    const { url } = await open({ authenticate: () => ++asked });
    await handshake(url, { origin: 'https://evil.test' });
    await handshake(url, { host: 'evil.test' });
    expect(asked).toBe(0);
  });

  test('tells a handler who is calling', async () => {
    class Api extends Handler {
      whoAmI(): unknown {
        return currentCall().principal;
      }
    }
    const authenticate = ({ headers, url }: UpgradeRequest): unknown => ({
      user: headers.authorization,
      room: new URL(url ?? '', 'ws://localhost').searchParams.get('room'),
    });
    const server = await createPeers(ws({ port: 0, authenticate }), ({ principal, transport }) => {
      expect([transport, principal]).toEqual(['ws', { user: 'Bearer ada', room: '7' }]);
      return new Api();
    });
    const url = `${server.address.url}?room=7`;
    const peer = await connect<Api>(ws({ url, headers: { authorization: 'Bearer ada' } }));
    expect(await peer.call.whoAmI()).toEqual({ user: 'Bearer ada', room: '7' });
    await peer.close();
    await server.close();
  });
});

describe('how many', () => {
  test('connections there may be', async () => {
    const { url } = await open({ maxConnections: 2 });
    const [one, two] = [await handshake(url), await handshake(url)];
    const three = await handshake(url);
    expect([one.status, two.status, three.status, three.text]).toEqual([
      101,
      101,
      503,
      'too many connections',
    ]);
    one.socket.destroy();
    await retried(url, 101);
    two.socket.destroy();
  });

  test('there may be from one address, those still at the door included', async () => {
    let letIn = (_principal: unknown): void => {};
    const decided = new Promise((resolve) => {
      letIn = resolve;
    });
    const { url } = await open({ maxConnectionsPerAddress: 1, authenticate: () => decided });
    const first = handshake(url);
    const second = await retried(url, 429);
    expect(second.text).toBe('too many connections from this address');
    letIn('ada');
    const { status, socket } = await first;
    expect(status).toBe(101);
    expect((await handshake(url)).status).toBe(429);
    socket.destroy();
    await retried(url, 101);
  });

  /** A place is free when the server has noticed; a moment after this side has done its part. */
  async function retried(url: string, status: number): Promise<{ readonly text: string }> {
    for (let tries = 0; tries < 200; tries++) {
      const answer = await handshake(url, status === 429 ? { host: 'localhost' } : {});
      answer.socket.destroy();
      if (answer.status === status) return answer;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`never got ${status}`);
  }
});

describe('on a server with other things to do', () => {
  test('one path is taken; pages are still served, other upgrades left to others, or else refused', async () => {
    const { server, port } = await httpServer();
    const rpc = await open({ server, path: '/rpc' });
    const more = await open({ server, path: '/more' });
    expect(rpc.url).toBe(`ws://127.0.0.1:${port}/rpc`);
    expect(await (await fetch(`http://127.0.0.1:${port}/rpc`)).text()).toBe('a page');
    expect((await handshake(rpc.url)).status).toBe(101);
    expect((await handshake(more.url)).status).toBe(101);
    expect((await handshake(`${rpc.url}?token=1`)).status).toBe(101);
    for (const path of ['/', '/rp', '/rpc/', '/rpc/x', '/RPC', '//rpc', '/%72pc']) {
      expect((await handshake(`ws://127.0.0.1:${port}${path}`)).status, path).toBe(404);
    }
    expect(rpc.waiting.length + more.waiting.length).toBe(3);
    server.on('upgrade', (request, socket) => {
      if (request.url === '/chat') socket.end('HTTP/1.1 418 Teapot\r\ncontent-length: 0\r\n\r\n');
    });
    expect((await handshake(`ws://127.0.0.1:${port}/chat`)).status).toBe(418);
  });

  test('a path is taken once, and is free when its listener has closed', async () => {
    const { server } = await httpServer();
    const { listener, url } = await open({ server, path: '/rpc' });
    await expect(listening({ server, path: '/rpc' })).rejects.toThrow(
      'Cannot listen on path /rpc: it is in use',
    );
    await listener.close();
    expect((await handshake(url)).status).toBe(404);
    expect((await handshake((await open({ server, path: '/rpc' })).url)).status).toBe(101);
  });

  test('a closed listener lets nobody in who is still at the door', async () => {
    const { server } = await httpServer();
    const asked: ((principal: unknown) => void)[] = [];
    const authenticate = (): unknown => new Promise((resolve) => asked.push(resolve));
    const { listener, url, waiting } = await open({ server, authenticate });
    const asking = handshake(url);
    await until('the question', () => asked.length === 1);
    await listener.close();
    asked[0]?.('ada');
    expect((await asking).status).toBe(503);
    expect(waiting).toEqual([]);
  });

  test('what is no server is a mistake', async () => {
    const server = { address: () => null, listenerCount: () => 0 };
    await expect(listening({ server })).rejects.toThrow('a server of node:http');
  });
});

describe('alone', () => {
  test('everything but an upgrade gets 426', async () => {
    const { url } = await open();
    const response = await fetch(url.replace('ws', 'http'), { headers: { connection: 'close' } });
    expect([response.status, await response.text()]).toEqual([426, 'This is a WebSocket server.\n']);
  });

  test('who does not finish asking is not waited for', async () => {
    const { url } = await open({ handshakeTimeoutMs: 100 });
    const socket = connectSocket(Number(new URL(url).port), '127.0.0.1');
    let isClosed = false;
    socket
      .on('error', () => {})
      .on('close', () => {
        isClosed = true;
      });
    socket.resume().write('GET / HTTP/1.1\r\nHost: localhost\r\nUpgr');
    await until('the close', () => isClosed, 2000);
  });

  test.for([
    [{ 'sec-websocket-key': 'short' }, 400],
    [{ 'sec-websocket-version': '99' }, 400],
    [{ upgrade: 'h2c' }, 400],
  ] as const)('a request that is not in order gets an answer: %o', async ([headers, status]) => {
    const { url, waiting } = await open();
    expect((await handshake(url, headers)).status).toBe(status);
    expect(waiting).toEqual([]);
  });

  test('no compression is agreed on, and no address is open that was not asked for', async () => {
    const { url, listener, accepted } = await open();
    expect(listener.address.host).toBe('127.0.0.1');
    const { socket } = await handshake(url, { 'sec-websocket-extensions': 'permessage-deflate' });
    // A compressed frame breaks the protocol that was agreed on.
    socket.write(Buffer.from([0xc1, 0x82, 0, 0, 0, 0, 0x5b, 0x5d]));
    const server = new Probe((await accepted()).duplex).start();
    await until('the close', () => server.isClosed);
    expect(server.closes[0]?.error?.message).toMatch(/RSV1/);
    socket.destroy();
  });
});

test('a connection knows where it came from', async () => {
  const { url, accepted } = await open();
  const a = new Probe(await ws(url).dial({})).start();
  const { duplex, info } = await accepted();
  expect(info).toEqual({ transport: 'ws', remoteAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
  const b = new Probe(duplex).start();
  a.close();
  await until('both closes', () => a.isClosed && b.isClosed);
});
