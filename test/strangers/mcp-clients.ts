import { Client as Client2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  ResultSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { watchOver } from './mcp-processes.ts';

/** How a tool is called. */
interface Options {
  readonly onprogress?: (progress: object) => void;
  readonly signal?: AbortSignal;
}

/** What an SDK's client does, for both of them. */
export interface SdkClient {
  readonly version: string | undefined;
  list(): Promise<readonly string[]>;
  call(name: string, args?: object, options?: Options): Promise<{ readonly content: unknown }>;
  ask(method: string, params?: object): Promise<object>;
  ping(): Promise<object>;
  setLevel(): Promise<object>;
  close(): Promise<void>;
}

/** What a client answers, and whom it tells. */
export interface ClientSide {
  sample(prompt: string, signal: AbortSignal): string | Promise<string>;
  log(data: unknown): void;
  /** Whatever it takes for an error in what comes. */
  onError(error: Error): void;
}

const info = { name: 'test', version: '1' };
const capabilities = { sampling: {}, elicitation: { form: {} }, roots: {} };
const roots = { roots: [{ uri: 'file:///home/ada' }] };
const input = { action: 'accept' as const, content: { name: 'Ada' } };

function sampleOf(text: string): {
  role: 'assistant';
  model: string;
  content: { type: 'text'; text: string };
} {
  return { role: 'assistant', model: 'none', content: { type: 'text', text } };
}

function promptOf(params: { messages: { content: unknown }[] }): string {
  return String((params.messages[0]?.content as { text?: string } | undefined)?.text);
}

/** Starts a server by the SDK of the first generation. */
async function connect1(script: string, side: ClientSide): Promise<SdkClient> {
  const transport = new Stdio1({ command: process.execPath, args: [script], stderr: 'ignore' });
  const client = new Client1(info, { capabilities });
  client.onerror = (error) => side.onError(error);
  client.setRequestHandler(CreateMessageRequestSchema, async ({ params }, { signal }) =>
    sampleOf(await side.sample(promptOf(params), signal)),
  );
  client.setRequestHandler(ElicitRequestSchema, () => input);
  client.setRequestHandler(ListRootsRequestSchema, () => roots);
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => side.log(params.data));
  await client.connect(transport);
  watchOver(transport.pid);
  return {
    version: client.getServerVersion()?.name,
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}, options) => {
      const { content } = await client.callTool({ name, arguments: { ...args } }, undefined, options);
      return { content };
    },
    ask: (method, params = {}) => client.request({ method, params: { ...params } } as never, ResultSchema),
    ping: () => client.ping(),
    setLevel: () => client.setLoggingLevel('debug'),
    close: () => client.close(),
  };
}

/** The same by that of the second, which asks first whether the server speaks the newest revision. */
async function connect2(script: string, side: ClientSide): Promise<SdkClient> {
  const transport = new Stdio2({ command: process.execPath, args: [script], stderr: 'ignore' });
  const client = new Client2(info, { capabilities, versionNegotiation: { mode: 'auto' } });
  client.onerror = (error) => side.onError(error);
  client.setRequestHandler('sampling/createMessage', async ({ params }, { mcpReq }) =>
    sampleOf(await side.sample(promptOf(params), mcpReq.signal)),
  );
  client.setRequestHandler('elicitation/create', () => input);
  client.setRequestHandler('roots/list', () => roots);
  client.setNotificationHandler('notifications/message', ({ params }) => side.log(params.data));
  await client.connect(transport);
  watchOver(transport.pid);
  return {
    version: client.getServerVersion()?.name,
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: (name, args = {}, options) => client.callTool({ name, arguments: { ...args } }, options),
    ask: (method, params = {}) => client.request({ method, params: { ...params } } as never, ResultSchema),
    ping: () => client.ping(),
    setLevel: () => client.setLoggingLevel('debug'),
    close: () => client.close(),
  };
}

/** Both generations of the SDK. */
export const sdks = [
  { sdk: '@modelcontextprotocol/sdk', connect: connect1 },
  { sdk: '@modelcontextprotocol/client', connect: connect2 },
];
