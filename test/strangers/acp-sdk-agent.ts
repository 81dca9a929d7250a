import { Readable, Writable } from 'node:stream';
import { type AgentContext, agent, methods, ndJsonStream, RequestError } from '@agentclientprotocol/sdk';

/** An agent of the Agent Client Protocol, written with its own SDK, that tests start. */

const running = new Map<string, AbortController>();

async function perform(
  task: string,
  { client, sessionId, signal }: { client: AgentContext; sessionId: string; signal: AbortSignal },
): Promise<{ stopReason: 'end_turn' | 'cancelled' }> {
  const stop = new AbortController();
  running.set(sessionId, stop);
  const say = (text: string): Promise<void> =>
    client.notify(methods.client.session.update, {
      sessionId,
      update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } },
    });
  if (task === 'fail') throw RequestError.authRequired({ how: 'key' });
  if (task === 'wait') {
    await say('waiting');
    await new Promise((resolve) => {
      for (const one of [stop.signal, signal]) one.addEventListener('abort', resolve);
    });
    signal.throwIfAborted();
    return { stopReason: 'cancelled' };
  }
  const { content } = await client.request(methods.client.fs.readTextFile, { sessionId, path: task });
  await say(`read ${content.length}`);
  const { outcome } = await client.request(methods.client.session.requestPermission, {
    sessionId,
    toolCall: { toolCallId: 't1', title: 'write' },
    options: [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }],
  });
  await say(JSON.stringify(outcome));
  await client.request(methods.client.fs.writeTextFile, {
    sessionId,
    path: task,
    content: content.toUpperCase(),
  });
  return { stopReason: 'end_turn' };
}

agent({ name: 'theirs' })
  .onRequest(methods.agent.initialize, () => ({ protocolVersion: 1, agentCapabilities: {} }))
  .onRequest(methods.agent.authenticate, () => ({}))
  .onRequest(methods.agent.session.new, () => ({ sessionId: 's1' }))
  .onRequest(methods.agent.session.prompt, ({ params, client, signal }) => {
    const [block] = params.prompt;
    const task = block?.type === 'text' ? block.text : '';
    return perform(task, { client, sessionId: params.sessionId, signal });
  })
  .onNotification(methods.agent.session.cancel, ({ params }) => running.get(params.sessionId)?.abort())
  .connect(
    ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>),
  );
