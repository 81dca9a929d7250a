/** grpc-js with proto-loader, insecure over HTTP/2. Notifications are a client stream, which ends with the total. */
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import type { Contender, ContenderClient, ContenderServer, Item, Total } from '../contender.js';
import { HOST } from './listen.js';
import { add, chunks, Tally } from './tally.js';

const protoFile = fileURLToPath(new URL('../../proto/bench.proto', import.meta.url));

/** What the loaded definition offers to a client; proto-loader gives no types without a generation step. */
interface BenchClient extends grpc.Client {
  add(pair: { a: number; b: number }, callback: grpc.requestCallback<{ value: number }>): void;
  echo(items: { items: readonly Item[] }, callback: grpc.requestCallback<{ items: readonly Item[] }>): void;
  notes(callback: grpc.requestCallback<Total>): grpc.ClientWritableStream<{ value: number }>;
  chunks(request: { items: number; bytes: number }): grpc.ClientReadableStream<{ text: string }>;
}

function service(): grpc.ServiceClientConstructor {
  const loaded = grpc.loadPackageDefinition(
    protoLoader.loadSync(protoFile, { keepCase: true, defaults: true }),
  );
  const bench = loaded.bench;
  if (typeof bench === 'object' && 'Bench' in bench && typeof bench.Bench === 'function') return bench.Bench;
  throw new Error('the proto file defines no Bench');
}

async function serve(): Promise<ContenderServer> {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
  server.addService(service().service, {
    add: (
      call: grpc.ServerUnaryCall<{ a: number; b: number }, unknown>,
      answer: grpc.sendUnaryData<unknown>,
    ) => answer(null, { value: add(call.request.a, call.request.b) }),
    echo: (call: grpc.ServerUnaryCall<unknown, unknown>, answer: grpc.sendUnaryData<unknown>) =>
      answer(null, call.request),
    notes: (
      call: grpc.ServerReadableStream<{ value: number }, unknown>,
      answer: grpc.sendUnaryData<unknown>,
    ) => {
      const tally = new Tally();
      call.on('data', (number: { value: number }) => tally.note(number.value));
      call.on('end', () => answer(null, tally.total()));
    },
    chunks: async (call: grpc.ServerWritableStream<{ items: number; bytes: number }, { text: string }>) => {
      for (const text of chunks(call.request.items, call.request.bytes)) {
        if (!call.write({ text })) await new Promise((resolve) => call.once('drain', resolve));
      }
      call.end();
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${HOST}:0`, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, close: async () => server.forceShutdown() };
}

async function connect(port: number): Promise<ContenderClient> {
  const Bench = service();
  const client = new Bench(`${HOST}:${port}`, grpc.credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
  }) as unknown as BenchClient;
  await new Promise<void>((resolve, reject) => {
    client.waitForReady(Date.now() + 10_000, (error) =>
      error === undefined || error === null ? resolve() : reject(error),
    );
  });
  let notes: grpc.ClientWritableStream<{ value: number }> | undefined;
  let noted: Promise<Total> = Promise.resolve({ count: 0, sum: 0 });
  let before: Total = { count: 0, sum: 0 };
  const openNotes = (): grpc.ClientWritableStream<{ value: number }> => {
    let stream: grpc.ClientWritableStream<{ value: number }> | undefined;
    noted = answered((callback) => {
      stream = client.notes(callback);
    });
    if (stream === undefined) throw new Error('no stream');
    return stream;
  };
  return {
    add: async (a, b) =>
      (await answered<{ value: number }>((callback) => client.add({ a, b }, callback))).value,
    echo: async (items) =>
      (await answered<{ items: readonly Item[] }>((callback) => client.echo({ items }, callback))).items,
    note: (value) => {
      notes ??= openNotes();
      notes.write({ value });
    },
    total: async () => {
      notes?.end();
      notes = undefined;
      const now = await noted;
      noted = Promise.resolve({ count: 0, sum: 0 });
      before = { count: before.count + now.count, sum: before.sum + now.sum };
      return before;
    },
    stream: async (items, bytes) => {
      let count = 0;
      for await (const _ of client.chunks({ items, bytes })) count += 1;
      return count;
    },
    close: async () => client.close(),
  };
}

/** A call with a callback as a promise. */
function answered<T>(start: (callback: grpc.requestCallback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (value === undefined ? reject(error) : resolve(value)));
  });
}

export const contender: Contender = { transport: 'http2', serve, connect };
