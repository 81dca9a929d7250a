// counter.ts: a server of the Model Context Protocol, for any client to start
import { connect, currentCall, mcp } from '@bjsonrpc/peer';
import { stdio } from '@bjsonrpc/transport-stdio';

const known = { capabilities: { tools: {} }, serverInfo: { name: 'counter', version: '1.0' } };
const count = { name: 'count', inputSchema: { type: 'object', properties: { to: { type: 'number' } } } };

const handler = {
  initialize: ({ protocolVersion }: { protocolVersion: string }) => ({ protocolVersion, ...known }),
  'notifications/initialized': () => {},
  'tools/list': () => ({ tools: [count] }),
  'tools/call': ({ arguments: { to } }: { arguments: { to: number } }) => {
    const call = currentCall(); // its caller may want to hear of progress
    for (let progress = 1; progress <= to; progress++) call.progress({ progress, total: to });
    return { content: [{ type: 'text', text: `counted to ${to}` }] };
  },
};

await connect(stdio(), { dialect: mcp, handler });
