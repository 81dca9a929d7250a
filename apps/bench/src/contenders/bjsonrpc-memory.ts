/** This project without a network: both peers in the client's process. */
import { memory } from '@bjsonrpc/transport-memory';
import type { Contender } from '../contender.js';
import { connectBjsonrpc, serveBjsonrpc } from './bjsonrpc.js';

const transport = memory();

export const contender: Contender = {
  transport: 'memory',
  oneProcess: true,
  serve: () => serveBjsonrpc(transport),
  connect: () => connectBjsonrpc(transport),
};
