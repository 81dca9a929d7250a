import { setTimeout as pause } from 'node:timers/promises';
import {
  type CallContext,
  connect,
  currentCall,
  InvalidParamsError,
  mcp,
  type Peer,
  RpcError,
} from '@bjsonrpc/peer';
import { stdio } from '@bjsonrpc/transport-stdio';
import type { ClientMethods, ToolCall, ToolResult } from './mcp-types.ts';

/** An MCP server, written with this library, that tests start. */

type Arguments = { readonly [name: string]: unknown };
type Tool = (
  args: Arguments,
  call: Omit<CallContext, 'peer'> & { readonly peer: Peer<ClientMethods> },
) => unknown;

const text = (value: string): ToolResult => ({ content: [{ type: 'text', text: value }] });

const tools: { readonly [name: string]: Tool } = {
  echo: ({ message }) => text(String(message)),
  nothing: () => undefined,
  chatty: () => {
    console.log('what a program says for itself');
    process.stdout.write('and what it writes\n');
    return text('said');
  },
  'at once': (_, call) => {
    call.progress({ progress: 1, total: 2, message: 'half' });
    call.progress({ progress: 2, total: 2 });
    return text('done');
  },
  steps: async ({ count }, call) => {
    for (let progress = 1; progress <= Number(count); progress++) {
      await pause(5);
      call.progress(progress);
    }
    return text('done');
  },
  /** Until it is cancelled, which the log tells. */
  wait: async (_, { signal, peer }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    peer.notify['notifications/message']({ level: 'info', data: `stopped: ${signal.reason.message}` });
    return text('too late');
  },
  sample: async ({ prompt }, { peer }) => {
    const content = { type: 'text', text: String(prompt) } as const;
    const sample = await peer.call['sampling/createMessage']({
      messages: [{ role: 'user', content }],
      maxTokens: 5,
    });
    return text(sample.content.text);
  },
  /** The same for as long as its own caller waits. */
  'sample while wanted': async (_, call) => {
    await call.peer.with(call).call['sampling/createMessage']({ messages: [], maxTokens: 5 });
  },
  elicit: async (_, { peer }) => {
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' } } };
    const { action, content } = await peer.call['elicitation/create']({ message: 'who?', requestedSchema });
    return text(`${action} ${JSON.stringify(content)}`);
  },
  roots: async (_, { peer }) => text((await peer.call['roots/list']()).roots.map(({ uri }) => uri).join()),
  fail: () => {
    throw new RpcError('no such thing', { code: -32042, data: { uri: 'a:b' } });
  },
  break: () => {
    throw new TypeError('broken');
  },
};

const handler = new Map<string, unknown>(
  Object.entries({
    initialize: ({ protocolVersion }: { readonly protocolVersion: string }) => ({
      protocolVersion: protocolVersion < '2026' ? protocolVersion : '2025-11-25',
      capabilities: { tools: {}, logging: {} },
      serverInfo: { name: 'ours', version: '1.0' },
    }),
    'notifications/initialized': () => {},
    'logging/setLevel': () => {},
    'tools/list': () => ({
      tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: 'object' } })),
    }),
    'tools/call': ({ name, arguments: args = {} }: ToolCall) => {
      if (!Object.hasOwn(tools, name)) throw new InvalidParamsError(`Unknown tool: ${name}`);
      return tools[name]?.(args as Arguments, currentCall() as Parameters<Tool>[1]);
    },
  }),
);

await connect(stdio(), { dialect: mcp, handler });
