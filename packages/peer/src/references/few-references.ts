import { LimitExceededError } from '@bjsonrpc/protocol';

/** A reference takes as long to make, to hold and to collect as so many values take to parse. */
const NODES_OF_REFERENCE = 128;

/** @throws LimitExceededError where a message has more references than it may bring */
export function assertFewReferences(count: number, { maxNodes }: { readonly maxNodes: number }): void {
  if (count <= maxNodes / NODES_OF_REFERENCE) return;
  const max = Math.floor(maxNodes / NODES_OF_REFERENCE);
  throw new LimitExceededError(
    `A message may bring ${max} references, one for ${NODES_OF_REFERENCE} values (maxNodes)`,
  );
}
