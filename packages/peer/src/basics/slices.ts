import type { Clock } from './clock.js';

/** So long others wait at most. */
const SLICE_MS = 4;
/** A look at the clock every so many items. */
const ITEMS_PER_LOOK = 64;

/** Does something with each item, in order; with many of them in slices, between which others have their turn. */
export async function inSlices<Item>(
  items: Iterable<Item>,
  clock: Clock,
  each: (item: Item) => void,
): Promise<void> {
  let until = clock.now() + SLICE_MS;
  let done = 0;
  for (const item of items) {
    each(item);
    if (++done % ITEMS_PER_LOOK !== 0 || clock.now() < until) continue;
    await new Promise<void>((resolve) => {
      clock.ref?.(clock.setTimeout(resolve, 0));
    });
    until = clock.now() + SLICE_MS;
  }
}
