import { clearTimeout, startTimer } from '@bjsonrpc/byte-stream';
import type { AbortSignalLike } from '@bjsonrpc/protocol';
import { type Frame, line } from './frames.js';
import type { Station } from './station.js';
import type { Wire, WireWatcher } from './wire.js';

/** What is asked, and of whom. */
export interface Question<Answer> {
  readonly subject: string;
  /** Where the answer comes, below the station's address. */
  readonly at: string;
  readonly words: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignalLike | undefined;
  /** What an answer comes to, at once, since more may follow in the same turn; undefined: it is none. */
  readonly answer: (frame: Frame) => Answer | undefined;
}

/** What came of it. */
export type Answered<Answer> = { readonly answer: Answer } | 'nobody listens' | 'no answer';

/** Ask on a subject, and wait for the first answer. Rejects when NATS forbids it, or with the signal's reason. */
export function ask<Answer>(
  { wire, station }: { readonly wire: Wire; readonly station: Station },
  { subject, at, words, timeoutMs, signal, answer }: Question<Answer>,
): Promise<Answered<Answer>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const end = (): void => {
      clearTimeout(timer);
      wire.unwatch(watcher);
      signal?.removeEventListener('abort', onAbort);
    };
    const settle = (answered: Answered<Answer>): void => {
      end();
      if (typeof answered === 'string') station.hush(at);
      resolve(answered);
    };
    const fail = (reason: unknown): void => {
      end();
      station.hush(at);
      reject(reason);
    };
    const onAbort = (): void => fail(signal?.reason);
    const watcher: WireWatcher = {
      up: () => {},
      denied: (denied, error) => {
        if (denied === subject) fail(error);
      },
      closed: fail,
    };
    const timer = startTimer(() => settle('no answer'), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    wire.watch(watcher);
    station.hear(at, {
      receive: (frame) => {
        const answered = answer(frame);
        if (answered !== undefined) settle({ answer: answered });
      },
      absent: () => settle('nobody listens'),
    });
    station.publish(subject, line('Q', ...words), at);
  });
}
