import { connect, createServer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';
import { describe, expect, test } from 'vitest';
import { ServerHandler } from '../../../../examples/src/reference-handler.ts';
import { callWikiSession } from './object-drivers.ts';
import { dialSocket, listenDuplex, listenSocket, rawDuplex } from './raw-end.ts';
import { type Entry, type Side, transcripts } from './transcript.ts';

// The session of the project's old wiki page, byte for byte in both roles, and the page's own way of printing it.

/** Lines 2 to 7 of the session as the page prints them, on the side of the server. */
const sample = [
  `<:49: {"params":["hello world"],"method":"echo","id":2}`,
  `>:44: {"id":2,"result":"hello world","error":null}`,
  `<:27: {"method":"mewList","id":3}`,
  `>:57: {"id":3,"result":null,"error":"Unknown method 'mewList'"}`,
  `<:27: {"method":"newList","id":4}`,
  `>:65: {"id":4,"result":{"__remoteobject__":"mylist_0001"},"error":null}`,
  `<:48: {"params":[1],"method":"mylist_0001.add","id":5}`,
  `>:35: {"id":5,"result":null,"error":null}`,
];

const entries = transcripts.get('v021_wiki_session')?.entries ?? [];

/** What we write where release 0.2.1 wrote this: two of the declared rules, and nothing else. */
function inOurWords(entry: Entry, ours: Side): string {
  const line = entry.line ?? '';
  if (ours === 'server') return line.replace("method u'", "method '"); // Python 2's way with text
  return line.replace('__delete__","id":7}', '__delete__"}'); // our deletions are notifications
}

for (const over of ['memory', 'tcp'] as const) {
  describe(`over ${over}`, () => {
    test('our server writes what release 0.2.1 wrote, whether or not it knows extensions', async () => {
      for (const extensions of [true, false]) {
        const transport = over === 'tcp' ? tcp({ port: 0 }) : memory();
        const traced: string[] = [];
        const trace = (line: string) => traced.push(line);
        const server = await createServer(transport, () => new ServerHandler(), { extensions, trace });
        const { port = 0 } = server.address;
        const end = over === 'tcp' ? await dialSocket(port) : rawDuplex(await transport.dial({}));
        for (const entry of entries) {
          if (entry.from === 'client') end.send([entry.line ?? '']);
          else expect(await end.next()).toBe(inOurWords(entry, 'server'));
        }
        expect(traced.slice(2, 2 + sample.length)).toEqual(sample);
        end.end();
        await end.closed;
        expect(end.unread).toEqual([]);
        await server.close();
      }
    });

    test.for([true, false])(
      'our client writes what release 0.2.1 wrote, with extensions: %s',
      async (extensions) => {
        const transport = memory();
        const tcpServer = over === 'tcp' ? await listenSocket() : undefined;
        const server = tcpServer ?? (await listenDuplex(transport));
        const traced: string[] = [];
        const peer = await connect(tcpServer ? tcp({ port: tcpServer.port }) : transport, {
          extensions,
          trace: (line) => traced.push(line),
        });
        const end = await server.accept();
        // The greeting is all that a newer client says more; an old server drops it.
        if (extensions) expect(JSON.parse(await end.next())).toMatchObject({ method: '$/hello' });
        const first = extensions ? 3 : 2;
        const session = callWikiSession(peer as never);
        for (const entry of entries) {
          // Nothing answers a notification.
          if (entry.from === 'client') expect(await end.next()).toBe(inOurWords(entry, 'client'));
          else if (!entry.line?.includes('"id":7')) end.send([inOurWords(entry, 'server')]);
        }
        await session;
        const mirrored = sample.map((line) => (line.startsWith('<') ? '>' : '<') + line.slice(1));
        expect(traced.slice(first, first + sample.length)).toEqual(mirrored);
        await peer.close();
        await end.closed;
        expect(end.unread).toEqual([]);
        await server.close();
      },
    );
  });
}
