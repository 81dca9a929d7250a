/** Those of the names that may have been meant, the nearest first; at most three. */
export function nearNames(wanted: string, names: readonly string[]): readonly string[] {
  const most = Math.max(1, Math.floor(wanted.length / 3));
  return names
    .map((name) => ({ name, edits: editsBetween(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ edits }) => edits <= most)
    .sort((one, other) => one.edits - other.edits)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** How many letters have to be put in, taken out or exchanged to make one of the other (Levenshtein). */
function editsBetween(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...one].entries()) {
    const line = [row + 1];
    for (let column = 0; column < other.length; column++) {
      const exchanged = (above[column] as number) + (other[column] === letter ? 0 : 1);
      line.push(Math.min(exchanged, (above[column + 1] as number) + 1, (line[column] as number) + 1));
    }
    above = line;
  }
  return above[other.length] as number;
}
