import { readFileSync } from 'node:fs';

/**
 * What an index file exports: the values by their names, the types each with the word before it, in the file's order.
 * A package's surface test pins this list, so that nothing is added to it or lost from it by accident.
 */
export function exportedNames(index: URL): string {
  const source = readFileSync(index, 'utf8');
  const names: string[] = [];
  for (const [, allAreTypes, list = ''] of source.matchAll(/^export (type )?\{([^}]*)\}/gm)) {
    for (const entry of list.split(',').map((text) => text.trim())) {
      if (entry !== '') names.push(allAreTypes ? `type ${entry}` : entry);
    }
  }
  const statements = source.match(/^export /gm) ?? [];
  const read = source.match(/^export (type )?\{/gm) ?? [];
  if (statements.length !== read.length)
    throw new Error(`${index.pathname}: an index has explicit named exports alone`);
  return names.join('\n');
}
