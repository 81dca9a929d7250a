/**
 * A tour in one process: a server and a client that talk over a real TCP socket, with the wire beside each step.
 * `npm start` runs it.
 */
import { connect, createServer } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import { Api, Guest } from './tour-api.js';
import { TourPrinter } from './tour-printer.js';

const tour = new TourPrinter(console.log, { isTerminal: process.stdout.isTTY === true });

await using server = await createServer(tcp({ port: 0 }), () => new Api());
const { host = '', port = 0 } = server.address;

tour.say(`bjsonrpc, a tour: a server and its client over TCP, ${host}:${port}`);
tour.say('Indented furthest is the wire as the client sees it: > sent, < received, and the length in bytes.');

await using peer = await tour.scene('Two peers greet, and say what they can do', async () => {
  const dialled = await connect<Api>(tcp({ host, port }), { handler: new Guest(), trace: tour.trace });
  await dialled.ping();
  return dialled;
});

await tour.scene('A call, typed from the server’s class', () => peer.call.add(2, 3));

const account = await tour.scene('An object of the server, by reference', () => peer.call.openAccount());

await tour.scene('Its methods; a notification wants no answer', async () => {
  account.notify.deposit(40);
  return account.call.deposit(2);
});

await tour.failure('An error arrives as it was thrown', () => account.call.deposit(-1));

await tour.scene('The server calls its client, inside the client’s call', () => peer.call.greet());

await tour.scene('A function of the client, by reference', async () => {
  const heard: string[] = [];
  await peer.call.bake(3, (done) => void heard.push(done));
  return heard;
});

await tour.scene('A stream, as fast as it is read', async () => {
  const numbers: number[] = [];
  for await (const number of peer.pipe.countdown(3)) numbers.push(number);
  return numbers;
});

await tour.scene('Three calls in a chain, one round trip: nothing is awaited between', () =>
  peer.call.richer(account, peer.call.openAccount()).call.balance(),
);

await tour.scene('Letting go: the server may forget the account', async () => account.close());

await tour.scene('Goodbye: what runs is finished, then the connection closes', () => peer.close());
