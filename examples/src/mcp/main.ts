// main.ts: starts a server of the Model Context Protocol, and calls its tool
import { join } from 'node:path';
import { connect, mcp } from '@bjsonrpc/peer';
import { spawn } from '@bjsonrpc/transport-stdio';

interface Server {
  initialize(params: object): { serverInfo: { name: string } };
  'notifications/initialized'(): void;
  'tools/call'(params: { name: string; arguments: object }): { content: { text: string }[] };
}

const script = join(import.meta.dirname, 'counter.js');
await using server = await connect<Server>(spawn(process.execPath, [script]), { dialect: mcp });

const clientInfo = { name: 'example', version: '1.0' };
const { serverInfo } = await server.call.initialize({
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo,
});
server.notify['notifications/initialized']();
console.log(serverInfo.name); // counter

const onProgress = (value: unknown): void => console.log(value); // { progress: 1, total: 3 }, …
const { content } = await server
  .with({ onProgress })
  .call['tools/call']({ name: 'count', arguments: { to: 3 } });
console.log(content[0]?.text); // counted to 3
