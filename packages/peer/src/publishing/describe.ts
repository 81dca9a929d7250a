import type { MethodDescription } from '../contract/peer.js';
import { type MethodOwner, publishedMethods } from './publish.js';

/** The list for `$/describe`: just what a call would find. */
export function describe(owner: MethodOwner): readonly MethodDescription[] {
  return publishedMethods(owner).map(({ name, parameters, doc }) => ({
    name,
    ...(parameters && { parameters }),
    ...(doc !== undefined && { doc }),
  }));
}
