import { remoteMethod } from '../connection/remote-method.js';
import type { Session } from '../connection/session.js';
import { heldOf } from '../printing/reference.js';
import { type Style, valueText } from '../printing/value-text.js';
import type { Terminal } from '../terminal.js';

/** One call, as the user asked for it. */
export interface CallSettings {
  readonly method: string;
  readonly args: readonly unknown[];
  readonly style: Style;
  readonly terminal: Terminal;
  readonly notify?: boolean;
  readonly pipe?: boolean;
  /** In milliseconds; default: the session's for calls, none for streams. */
  readonly timeout?: number;
}

/** Makes it and prints what it gives: a value, or of a stream each item. @throws Failure that explains what went wrong */
export async function makeCall(session: Session, settings: CallSettings): Promise<void> {
  const { method, args, style, terminal, timeout } = settings;
  const { out } = terminal;
  const { peer } = session;
  await session.explained(async () => {
    if (settings.notify) return remoteMethod(peer.notify, method)(...args);
    const proxies = peer.with({ signal: terminal.interrupted, ...(timeout !== undefined && { timeout }) });
    if (settings.pipe) return await printItems(remoteMethod(proxies.pipe, method)(...args), settings);
    const result = await remoteMethod(proxies.call, method)(...args);
    if (heldOf(result)?.kind === 'stream') await printItems(result as AsyncIterable<unknown>, settings);
    else await out.line(valueText(result, { style, out }));
  }, method);
}

/** Each as it comes; no faster than they are read from here. */
async function printItems(
  items: AsyncIterable<unknown>,
  { style, terminal: { out, interrupted } }: CallSettings,
): Promise<void> {
  for await (const item of stoppedBy(items, interrupted)) await out.line(valueText(item, { style, out }));
}

/** The items until the signal aborts; the producer is told to stop then. @throws the signal's reason */
export async function* stoppedBy<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  aborted.catch(() => {}); // it may come when nobody waits
  try {
    for (;;) {
      const { done, value } = await Promise.race([iterator.next(), aborted]);
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    void iterator.return?.().catch(() => {}); // it may be waiting for an item that never comes
  }
}
