/** An ordinary JSON payload of about so many bytes. */
import type { Item } from '../contender.js';

export function payload(bytes: number): readonly Item[] {
  const items: Item[] = [];
  for (let size = 2, id = 1; size < bytes || id === 1; id++) {
    const item = {
      id,
      name: `item number ${id}`,
      price: ((id * 7919) % 10_000) / 100,
      tags: ['new', 'fragile'],
    };
    items.push(item);
    size += JSON.stringify(item).length + 1;
  }
  return items;
}
