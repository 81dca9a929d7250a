import type { ListenOptions } from '@bjsonrpc/protocol';

/** A connection that did not come about, as a listener sees it. */
export interface Refused {
  readonly transport: string;
  /** Whoever it was, as far as is known. */
  readonly remoteAddress?: string | undefined;
  readonly why: string;
  /** What was thrown, if that was the reason. */
  readonly cause?: unknown;
}

/** Tell the owner of a listener. Never throws: what the callback throws is its own affair. */
export function tellRefused(
  onRefused: ListenOptions['onRefused'],
  { transport, remoteAddress, why, cause }: Refused,
): void {
  if (onRefused === undefined) return;
  const error = new Error(
    `Refused ${remoteAddress ?? 'a connection'}: ${why}`,
    cause === undefined ? undefined : { cause },
  );
  try {
    onRefused(error, { transport, ...(remoteAddress === undefined ? {} : { remoteAddress }) });
  } catch {
    // Nobody is left to be told.
  }
}
