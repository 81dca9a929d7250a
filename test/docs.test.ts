import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

/**
 * What the documentation shows is what runs: every block of TypeScript is a file of `examples/src`, a region of one
 * in `examples/src/docs` (`// #region name` … `// #endregion`), or a piece of the packages' own sources.
 */
const root = fileURLToPath(new URL('..', import.meta.url));

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...filesIn('docs', '.md'),
  ...readdirSync(`${root}packages`)
    .map((name) => `packages/${name}/README.md`)
    .filter((path) => existsSync(root + path)),
];
const programs = filesIn('examples/src/docs', '.ts');
const wholeFiles = new Set(
  ['quick-start', 'stdio', 'mcp', 'pool']
    .flatMap((folder) => filesIn(`examples/src/${folder}`, '.ts'))
    .map(read),
);
const regions = new Set(programs.flatMap((path) => regionsOf(read(path))));
const sources = filesIn('packages/protocol/src', '.ts').map(read);

describe.each(documents)('%s', (path) => {
  const text = read(path);
  const base = new URL(path, `file://${root}`);

  test('shows only code that runs', () => {
    const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
    const unknown = blocks.filter(
      (code) =>
        !wholeFiles.has(code) && !regions.has(code) && !sources.some((source) => source.includes(code)),
    );
    expect(unknown).toEqual([]);
  });

  test('links to what is there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, link = '']) => link,
    );
    expect(links.filter((link) => !existsSync(fileURLToPath(new URL(link, base))))).toEqual([]);
  });

  test('links to headings that are there', () => {
    const links = [...text.matchAll(/\]\(((?!https?:)[^)#\s]*)#([^)]+)\)/g)];
    const unknown = links.filter(([, file = '', anchor = '']) => {
      const target = file === '' ? root + path : fileURLToPath(new URL(file, base));
      return !anchorsOf(readFileSync(target, 'utf8')).has(anchor);
    });
    expect(unknown.map(([link]) => link)).toEqual([]);
  });
});

describe('the code in the documentation runs', () => {
  test.each(programs)('%s', async (path) => {
    // What they print is for whoever reads along.
    const log = vi.spyOn(console, 'log').mockReturnValue();
    onTestFinished(() => log.mockRestore());
    await import(/* @vite-ignore */ root + path);
  });

  test('every region is shown somewhere', () => {
    const shown = documents.map(read).join('\n');
    expect([...regions].filter((code) => !shown.includes(`\`\`\`ts\n${code}\`\`\``))).toEqual([]);
  });
});

function filesIn(directory: string, ending: string): string[] {
  return readdirSync(root + directory)
    .filter((name) => name.endsWith(ending))
    .map((name) => `${directory}/${name}`);
}

function read(path: string): string {
  return readFileSync(root + path, 'utf8');
}

function regionsOf(source: string): string[] {
  return [...source.matchAll(/^\/\/ #region .*\n([\s\S]*?)^\/\/ #endregion$/gm)].map(([, code = '']) => code);
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}
