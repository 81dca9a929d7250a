import { type MethodOwner, publishedMethods } from './publish.js';

/** One published method, as `$/describe` tells it. */
export interface MethodDescription {
  readonly name: string;
  /** Where they are declared. */
  readonly parameters?: readonly string[];
  /** Where it is given. */
  readonly doc?: string;
}

/** What a peer, or one of its objects, publishes. */
export interface Description {
  readonly methods: readonly MethodDescription[];
}

/** The list for `$/describe`: just what a call would find. */
export function describe(owner: MethodOwner): readonly MethodDescription[] {
  return publishedMethods(owner).map(({ name, parameters, doc }) => ({
    name,
    ...(parameters && { parameters }),
    ...(doc !== undefined && { doc }),
  }));
}
