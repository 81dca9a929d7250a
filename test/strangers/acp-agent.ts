import { setTimeout as pause } from 'node:timers/promises';
import { acp, connect, currentCall, type Peer, RpcError } from '@bjsonrpc/peer';
import { stdio } from '@bjsonrpc/transport-stdio';
import type { ClientMethods, Prompt, Session } from './acp-types.ts';

/** An agent of the Agent Client Protocol, written with this library, that tests start. */

const running = new Map<string, AbortController>();

const handler = {
  initialize: () => ({
    protocolVersion: 1,
    agentCapabilities: {},
    agentInfo: { name: 'ours', version: '1' },
  }),
  authenticate: () => {},
  'session/new': () => ({ sessionId: 's1' }),
  'session/cancel': ({ sessionId }: Session) => running.get(sessionId)?.abort(),
  'session/prompt': async ({ sessionId, prompt }: Prompt) => {
    const call = currentCall();
    const client = call.peer as Peer<ClientMethods>;
    const stop = new AbortController();
    running.set(sessionId, stop);
    const say = (text: string): void =>
      client.notify['session/update']({
        sessionId,
        update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } },
      });
    const [{ text: task }] = prompt;
    if (task === 'fail')
      throw new RpcError('Authentication required', { code: -32000, data: { how: 'key' } });
    if (task === 'wait') {
      say('waiting');
      const signal = AbortSignal.any([stop.signal, call.signal]);
      await pause(60_000, undefined, { signal }).catch(() => {});
      call.signal.throwIfAborted();
      return { stopReason: 'cancelled' };
    }
    const { content } = await client.call['fs/read_text_file']({ sessionId, path: task });
    say(`read ${content.length}`);
    const { outcome } = await client.call['session/request_permission']({
      sessionId,
      toolCall: { toolCallId: 't1', title: 'write' },
      options: [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }],
    });
    say(JSON.stringify(outcome));
    await client.call['fs/write_text_file']({ sessionId, path: task, content: content.toUpperCase() });
    return { stopReason: 'end_turn' };
  },
};

await connect(stdio(), { dialect: acp, handler });
