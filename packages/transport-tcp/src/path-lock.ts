import { link, open, rename, stat, unlink } from 'node:fs/promises';
import { dateNow, setTimeout } from '@bjsonrpc/byte-stream';

/** Whoever holds a lock for longer, in milliseconds, died with it: what is done under it takes a few. */
const STALE_MS = 10_000;
const RETRY_MS = 20;

/**
 * Run `action` while no other process does so for this path: a file beside it, made exclusively, is the lock. Rejects
 * with what keeps the file from being made, or with the action's error.
 */
export async function withPathLock<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  const lockPath = `${path}.lock`;
  while (!(await take(lockPath))) {
    if (await isStale(lockPath)) await breakLock(lockPath);
    else await new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS));
  }
  try {
    return await action();
  } finally {
    await unlink(lockPath).catch(() => {});
  }
}

/** Whether it is ours now. */
async function take(lockPath: string): Promise<boolean> {
  try {
    await (await open(lockPath, 'wx')).close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** One that is gone is not. */
function isStale(lockPath: string): Promise<boolean> {
  return stat(lockPath).then(
    ({ mtimeMs }) => dateNow() - mtimeMs > STALE_MS,
    () => false,
  );
}

/** Of several who do this at once, one moves the stale lock away; who moves a fresh one instead puts it back. */
async function breakLock(lockPath: string): Promise<void> {
  const aside = `${lockPath}.${crypto.randomUUID()}`;
  try {
    await rename(lockPath, aside);
    if (!(await isStale(aside))) await link(aside, lockPath);
  } catch {
    // Somebody else was quicker.
  } finally {
    await unlink(aside).catch(() => {});
  }
}
