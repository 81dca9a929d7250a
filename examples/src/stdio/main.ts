// main.ts: starts it, and calls it
import { join } from 'node:path';
import { connect } from '@bjsonrpc/peer';
import { spawn } from '@bjsonrpc/transport-stdio';
import type { Tool } from './tool.js';

const script = join(import.meta.dirname, 'tool.js');
await using tool = await connect<Tool>(spawn(process.execPath, [script]));

console.log(await tool.call.count('one two three')); // 3
