import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { clearTimeout, startTimer } from '@bjsonrpc/byte-stream';

/** How much patience there is with a child, in milliseconds. */
export interface Patience {
  /** From the end of its standard input until SIGTERM. */
  readonly exitTimeoutMs: number;
  /** From there until SIGKILL. */
  readonly killTimeoutMs: number;
}

/**
 * From the end of its standard input on, however that came about, a child has so long to end. The timers keep nobody
 * alive: the child itself does.
 */
export function endWithItsInput(
  child: ChildProcess,
  stdin: Writable,
  { exitTimeoutMs, killTimeoutMs }: Patience,
): void {
  let timer: NodeJS.Timeout | undefined;
  const kill = (): void => void child.kill('SIGKILL');
  const terminate = (): void => {
    child.kill('SIGTERM');
    timer = after(killTimeoutMs, kill);
  };
  let isBegun = false;
  const begin = (): void => {
    if (isBegun) return;
    isBegun = true;
    timer = after(exitTimeoutMs, terminate);
  };
  stdin.once('finish', begin).once('close', begin);
  child.once('exit', () => {
    isBegun = true;
    clearTimeout(timer);
  });
}

/** 0 is no time, not for ever: no child is left. */
function after(ms: number, callback: () => void): NodeJS.Timeout | undefined {
  return startTimer(callback, Math.max(1, ms))?.unref();
}
