import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { PassThrough } from 'node:stream';
import { ByteDuplex, byteLimits, framingOf } from '@bjsonrpc/byte-stream';
import { duplexSuite, type OpenedPair, type PairOptions } from '@bjsonrpc/duplex-suite';
import { spawn } from '@bjsonrpc/transport-stdio';
import { Pipe } from '../../byte-stream/test/open-pair.ts';
import { StandardOutput } from '../src/standard-output.ts';

let sockets = 0;

/** Passes bytes on between its standard streams and a socket, where the other end of the connection is. */
const relay = `
  const { stdin, stdout, argv } = process;
  const socket = require('net').connect({ path: argv[1], allowHalfOpen: true });
  stdin.pipe(socket);
  socket.pipe(stdout, { end: false });
  socket.on('end', () => stdout.end()).on('error', () => {}).on('close', () => process.exit());
  stdout.on('error', () => socket.destroy());
`;

/** `a` has started a child, which passes everything on to `b`. */
async function openChild({ maxMessageBytes }: PairOptions): Promise<OpenedPair> {
  const path = join(tmpdir(), `bjsonrpc-relay-${process.pid}-${sockets++}.sock`);
  const server = createServer({ allowHalfOpen: true });
  server.listen(path);
  let pid = 0;
  const onSpawn = (id: number): void => {
    pid = id;
  };
  const options = { onSpawn, exitTimeoutMs: 500, killTimeoutMs: 500 };
  const limits = maxMessageBytes === undefined ? {} : { maxMessageBytes };
  const dialling = spawn(process.execPath, ['-e', relay, path], options).dial(limits);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const b = new ByteDuplex({
    readable: socket,
    writable: socket,
    remote: 'the relay',
    framing: framingOf('lines'),
    limits: byteLimits({}, maxMessageBytes),
  });
  return {
    a: await dialling,
    b,
    cut: () => process.kill(pid, 'SIGKILL'),
    close: async () => void server.close(),
  };
}

/** Both ends have streams of a program's kind, in one program. */
async function openStandardStreams({ maxMessageBytes }: PairOptions): Promise<OpenedPair> {
  const [there, back] = [new Pipe(), new Pipe()];
  const end = ({ readable }: Pipe, { writable }: Pipe): ByteDuplex =>
    new ByteDuplex({
      readable,
      writable: new StandardOutput({ stdout: writable, stderr: new PassThrough().resume() }),
      remote: 'the other end',
      framing: framingOf('content-length'),
      limits: byteLimits({}, maxMessageBytes),
    });
  return {
    a: end(back, there),
    b: end(there, back),
    cut: () => {
      for (const { readable, writable } of [there, back]) {
        writable.destroy(new Error('cut'));
        readable.destroy(new Error('cut'));
      }
    },
    close: async () => {},
  };
}

duplexSuite('a child', openChild, { carriesBytes: true });
duplexSuite('standard streams, with Content-Length', openStandardStreams);
